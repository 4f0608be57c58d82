// Six months of one family, made up: Dawn, who is low and cannot get up; Kyle, who is in prison; Reece, eleven, who looks after his sister; Tilly,
// four; and Jean, their grandmother. Seven people of five agencies help, on the days on which it would happen; Dawn and Jean read, sign and choose.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { SMTPServer } from 'smtp-server'
import { as, fillDay, look, photograph, start } from './kit.js'

const mail = []
let heard = () => {}
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData (stream, session, done) {
    let text = ''
    stream.on('data', (some) => { text += some })
    stream.on('end', () => { mail.push({ to: session.envelope.rcptTo[0].address, text: text.replaceAll('=\r\n', '') }); done(); heard() })
  }
})

let world
before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  world = await start({ env: { THINKFAMILY_SMTP: `smtp://127.0.0.1:${server.server.address().port}` } })
})
after(async () => {
  await world.stop()
  await new Promise((resolve) => server.close(resolve))
})

async function messageTo (address) {
  for (;;) {
    const at = mail.findIndex((one) => one.to === address)
    if (at >= 0) return mail.splice(at, 1)[0].text
    await new Promise((resolve) => { heard = resolve })
  }
}

// Somebody of the family, from the search; with a reason where they are not known yet.
async function open (page, name, why) {
  await page.goto(`/search?q=${encodeURIComponent(name)}&why=contact`)
  await page.getByRole('link', { name, exact: true }).first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  if (why && await page.getByRole('button', { name: 'Look' }).count()) {
    await page.getByLabel('They contacted us, or we visited them').check()
    await page.getByLabel('In a few words').fill(why)
    await page.getByRole('button', { name: 'Look' }).click()
  }
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

async function plan (page) {
  await open(page, 'Dawn Ferris')
  await page.getByRole('link', { name: /the plan$/ }).click()
  await page.getByRole('heading', { level: 1, name: /the plan$/ }).waitFor()
}

// Types the day that is so many days from the first into boxes of one name.
async function fillDayBy (page, prefix, days) {
  const on = new Date(Date.now() + days * 24 * 3600 * 1000)
  const parts = [on.getDate(), on.getMonth() + 1, on.getFullYear()]
  for (const [at, part] of ['day', 'month', 'year'].entries()) await page.locator(`#${prefix}-${part}`).fill(String(parts[at]))
}

async function contact (page, words, more = async () => {}) {
  await page.getByRole('button', { name: 'Record a contact' }).click()
  await page.getByLabel('What was seen or said?').fill(words)
  await more()
  await page.getByRole('button', { name: 'Save contact' }).click()
}

async function relative (page, forenames, { surname = 'Ferris', born, relation, phone = '' }) {
  await page.getByRole('button', { name: 'Add a relative' }).click()
  await page.getByLabel('Name, date of birth').fill(`${forenames.toLowerCase()} ${surname.toLowerCase()}`)
  await page.getByLabel('Why are you looking?').selectOption('contact')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Enter somebody new' }).click()
  await page.getByLabel('First names').fill(forenames)
  await page.getByLabel('Last name').fill(surname)
  await page.getByRole('group', { name: 'Date of birth' }).getByLabel('Year').fill(String(born))
  await page.getByLabel('They are', { exact: true }).selectOption({ label: relation })
  if (phone) await page.getByLabel('Telephone').fill(phone)
  await page.getByRole('button', { name: 'Save' }).click()
}


async function support (page, need, service, ticks, words) {
  await page.getByLabel('What do they need support with?').selectOption(need)
  await page.getByRole('button', { name: 'Show services' }).click()
  await page.getByRole('link', { name: service, exact: true }).first().click()
  for (const item of ticks) await page.getByRole('checkbox', { name: item }).check()
  await page.getByLabel('In your words').fill(words)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText(`Sent. ${service} answers by`).waitFor()
}

test('September: a school sees a tired boy, and asks at one door for all of them', async () => {
  const ben = await as(world, 'Ben Whitaker')
  await ben.goto('/people/new')
  await ben.getByLabel('First names').fill('Reece')
  await ben.getByLabel('Last name').fill('Ferris')
  await ben.getByRole('group', { name: 'Date of birth' }).getByLabel('Year').fill('2015')
  await ben.getByRole('button', { name: 'Save' }).click()
  await ben.getByRole('heading', { level: 1, name: 'Reece Ferris' }).waitFor()
  for (const [name, born, relation, phone] of [
    ['Dawn', 1988, 'mother or father of', '07700 900811'], ['Tilly', 2022, 'brother or sister of', ''],
    ['Janina', 1960, 'grandparent of', '07700 900812'], ['Kyle', 1986, 'mother or father of', '']
  ]) {
    await open(ben, 'Reece Ferris')
    await relative(ben, name, { born, relation, phone })
  }
  await open(ben, 'Reece Ferris')
  await ben.getByRole('button', { name: 'Make a family of them' }).click()
  await ben.getByRole('link', { name: /the plan$/ }).waitFor()
  await contact(ben, 'Asleep at his desk again. He looks after his mum and takes Tilly to nursery. So proud of his drawing of a train.', async () => {
    await ben.locator('[data-suggested]').getByLabel('A child who cares for a relative').check()
    await ben.getByLabel('Ask a service for support now').check()
    await look(ben, 'story-01-contact')
  })
  await support(ben, 'young_carer', 'Young Carers', [/^A child who cares/], 'He would like a club with other children, after school')
  await look(ben, 'story-02-asked')
  await messageTo('owen.pryce@openhand.example')
  const owen = await as(world, 'Owen Pryce')
  await owen.goto('/')
  await owen.getByRole('link', { name: /Young Carers for Reece Ferris/ }).first().click()
  await owen.getByRole('button', { name: 'Accept: we will support them' }).click()
  await owen.getByText('Say when it starts').click()
  await fillDay(owen, 'When does support start?', 20)
  await owen.getByRole('button', { name: 'Tell the sender' }).click()
  await owen.getByText(/^Starts on/).first().waitFor()
  await messageTo('ben.whitaker@schools.example')
  await ben.goto('/')
  await ben.getByRole('link', { name: /^Tell Reece Ferris: Young Carers/ }).click()
  await ben.getByLabel('How you told them').fill('After class; he grinned')
  await ben.getByRole('button', { name: 'I have told them' }).click()
  await ben.getByText('Told by Ben Whitaker').waitFor()
})

test('a week later: her surgery knows what is hard for Dawn, and a social worker whom she knows takes the lead', async () => {
  await world.later(7)
  const aisha = await as(world, 'Aisha Malik')
  await open(aisha, 'Dawn Ferris', 'She came to the surgery')
  await contact(aisha, 'She has been low since Kyle went to prison, and cannot get up for the school run. Janina helps on Fridays.', async () => {
    await aisha.locator('[data-suggested]').getByLabel('A parent’s mental health').check()
    await aisha.getByText('Everything that can be noticed').click()
    await aisha.getByLabel('Relatives help').check()
    await aisha.getByLabel('My own service supports them').check()
  })
  await aisha.getByText('The contact is saved').waitFor()
  const sunita = await as(world, 'Sunita Rao')
  await open(sunita, 'Dawn Ferris', 'The school asked us to meet her')
  await contact(sunita, 'She let me in and made tea. She is low in mood since the summer. She wants to make breakfast for the children herself.', async () => {
    await sunita.locator('[data-suggested]').getByLabel('A parent’s mental health').check()
    await sunita.getByLabel('My own service supports them').check()
  })
  await sunita.getByText('The contact is saved').waitFor()
  const ben = await as(world, 'Ben Whitaker')
  await plan(ben)
  await ben.getByRole('link', { name: 'Hand over the lead' }).click()
  await ben.getByLabel('Who is to lead?').selectOption({ label: await ben.locator('option', { hasText: 'Sunita Rao' }).innerText() })
  await ben.getByLabel('What must they know?').fill('Ring before you come; Reece answers the telephone')
  await look(ben, 'story-03-offer')
  await ben.getByRole('button', { name: 'Offer them the lead' }).click()
  await sunita.goto('/')
  await sunita.getByRole('link', { name: /Ben Whitaker offers the lead for/ }).click()
  await sunita.getByRole('button', { name: 'Accept' }).click()
  await plan(sunita)
  await sunita.getByText('Sunita Rao leads for the family').waitFor()
})

const SUNITA = 'sunita.rao@calder.example'

async function act (page, words, who, more = async () => {}) {
  await page.getByRole('button', { name: 'Write an action' }).click()
  await page.getByLabel('What will be done?').fill(words)
  if (who) await page.getByLabel('Who does it?').selectOption({ label: who })
  await more()
  await page.getByRole('button', { name: 'Write it in the plan' }).click()
  await page.getByRole('link', { name: words }).first().waitFor()
}

test('October: what the family hopes for comes first in one plan, with support and what is expected side by side', async () => {
  await world.later(21)
  const sunita = await as(world, 'Sunita Rao')
  await open(sunita, 'Dawn Ferris')
  await sunita.getByRole('link', { name: 'Level of need, not judged yet' }).click()
  await sunita.getByRole('radio', { name: 'Early help' }).check()
  await sunita.getByRole('radio', { name: 'The family agrees' }).check()
  await sunita.getByLabel('Why?').fill('A mother who is low and a boy who carries too much; a grandmother who helps')
  await sunita.getByRole('checkbox').first().check()
  await sunita.getByRole('button', { name: 'Keep this judgement' }).click()
  await sunita.getByRole('heading', { level: 1, name: 'Level of need: Early help' }).waitFor()
  await plan(sunita)
  await sunita.getByRole('button', { name: 'Begin the plan' }).click()
  await sunita.getByRole('link', { name: 'Add a hope' }).click()
  await sunita.locator('#term').selectOption({ label: 'Something they hope for their children' })
  await sunita.locator('#words').fill('I want to make their breakfast myself')
  await sunita.getByRole('button', { name: /Save|Keep|Record/ }).first().click()
  await plan(sunita)
  await sunita.getByText('I want to make their breakfast myself').waitFor()
  await act(sunita, 'Fetch Tilly from nursery on Fridays', 'Janina Ferris')
  await act(sunita, 'Ring the surgery with Dawn about talking therapy', null)
  await act(sunita, 'Be at school by nine, all five days', 'Reece Ferris')
  await act(sunita, 'Keep to the visits of the prison’s family worker', 'Kyle Ferris', async () => {
    await sunita.getByText('Enforcement, or not for everybody').click()
    await sunita.getByLabel('Enforcement: a contract').check()
  })
  await look(sunita, 'story-04-plan')
  await sunita.getByRole('button', { name: 'How we work with each' }).click()
  await sunita.getByRole('link', { name: /how they are best met, Dawn Ferris/ }).click()
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('Write at least one of these').first().waitFor()
  await sunita.getByLabel('Whom do they trust?').fill('Janina, her mother-in-law')
  await sunita.getByLabel('When and where suits them?').fill('After ten, in the kitchen')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByRole('link', { name: /what is agreed, Dawn Ferris/ }).click()
  await sunita.getByRole('radio', { name: 'Support above all' }).check()
  await sunita.getByLabel('What can they count on?').fill('Somebody rings every Monday at ten')
  await sunita.getByLabel('What is expected of them?').fill('She rings when she cannot get up')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('Support above all').first().waitFor()
  await look(sunita, 'story-05-working-with')
  await open(sunita, 'Dawn Ferris')
  await sunita.getByRole('button', { name: 'Plan a visit' }).click()
  assert.match(await sunita.getByLabel('How to approach them').inputValue(), /trusts Janina.*After ten/)
  await open(sunita, 'Dawn Ferris')
  await sunita.getByRole('link', { name: 'If things get worse: nothing agreed yet' }).click()
  await sunita.getByText('Agree on something').click()
  await sunita.getByLabel('If', { exact: true }).selectOption({ label: 'Kyle Ferris' })
  await sunita.getByLabel('this happens').selectOption({ label: 'comes back or gets in touch' })
  await sunita.getByLabel('Whom to call first').fill('Janina, 07700 900812')
  await sunita.getByLabel('Who does what?').fill('Janina takes Reece and Tilly to hers. Whoever is on duty rings Sunita.')
  await sunita.getByLabel('What do the children know of it?').fill('Reece knows he may ring Babcia at any hour')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByRole('heading', { name: 'If Kyle Ferris comes back or gets in touch' }).waitFor()
})

test('October: the family signs what both sides promise, says which way is safe, and has its own copy in its own language', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await plan(sunita)
  await sunita.getByRole('button', { name: 'The contract' }).click()
  await sunita.getByRole('button', { name: 'Make a contract' }).click()
  await sunita.getByLabel('What happens if the family does not?').fill('Sunita rings, and we look for what is in the way')
  await sunita.getByLabel('What happens if an agency does not?').fill('Ring Moira, who sees to it within two days')
  await sunita.getByRole('button', { name: 'Make the contract' }).click()
  await sunita.getByText('Has not said yet').first().waitFor()
  await sunita.getByRole('link', { name: 'Write down what Janina Ferris says' }).click()
  await sunita.waitForLoadState('load')
  await sunita.getByRole('radio', { name: 'Yes' }).check()
  const pad = sunita.getByRole('img', { name: /Sign here/ })
  await pad.scrollIntoViewIfNeeded()
  const box = await pad.boundingBox()
  await sunita.mouse.move(box.x + 20, box.y + box.height / 2)
  await sunita.mouse.down()
  for (const [x, y] of [[60, 20], [90, 70], [140, 25], [200, 60]]) await sunita.mouse.move(box.x + x, box.y + y, { steps: 4 })
  await sunita.mouse.up()
  await sunita.getByRole('button', { name: 'Keep this answer' }).click()
  await sunita.getByRole('img', { name: 'The signature of Janina Ferris' }).waitFor()
  await look(sunita, 'story-06-signed')
  await plan(sunita)
  await sunita.getByRole('button', { name: 'A copy for the fridge' }).click()
  await sunita.getByLabel('Whose copy is it?').selectOption({ label: 'Janina Ferris' })
  await sunita.getByLabel('In which language?').selectOption({ label: 'Polish' })
  await sunita.getByRole('button', { name: 'Show this copy' }).click()
  await sunita.getByRole('heading', { name: 'Co robi Janina Ferris' }).waitFor()
  await look(sunita, 'story-07-copy')
  await open(sunita, 'Dawn Ferris')
  await sunita.goto(`${sunita.url().split('?')[0]}/details/email`)
  await sunita.locator('#words').fill('dawn@ferris.example')
  await sunita.getByRole('button', { name: 'Save' }).click()
  await open(sunita, 'Dawn Ferris')
  await sunita.getByRole('link', { name: 'Which way to reach them is safe?' }).click()
  await sunita.getByLabel('E-mail to dawn@ferris.example').check()
  await sunita.getByLabel('From', { exact: true }).selectOption('00:00')
  await sunita.getByLabel('until').selectOption('24:00')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('E-mail to dawn@ferris.example is safe').waitFor()
  await open(sunita, 'Dawn Ferris')
  const found = sunita.getByRole('link', { name: /Find a service/ })
  await found.first().waitFor()
  await sunita.goto(`${sunita.url().split('?')[0]}/support`)
  await support(sunita, 'parent_mental_health', 'Talking Therapies', [], 'She can come after ten, and would like Janina to come along')
  await messageTo('aisha.malik@riverside.example')
  const aisha = await as(world, 'Aisha Malik')
  await aisha.getByRole('link', { name: /Talking Therapies for Dawn Ferris/ }).first().click()
  await aisha.getByRole('button', { name: 'Accept: we will support them' }).click()
  await aisha.getByText('Accepted, not started').first().waitFor()
  await messageTo(SUNITA)
  const news = await messageTo('dawn@ferris.example')
  assert.doesNotMatch(news.replace(/^To: .*$/m, ''), /Dawn|Ferris|therap|surgery|Kyle/i)
  // Dawn looks for a playgroup by herself, on her phone.
  const context = await world.browser.newContext({ baseURL: world.base, viewport: { width: 360, height: 740 }, javaScriptEnabled: false })
  const dawn = await context.newPage()
  await dawn.goto('/find-help')
  await dawn.getByRole('link', { name: /Family Friends/ }).first().click()
  await dawn.getByRole('heading', { level: 1, name: /Family Friends/ }).waitFor()
  await photograph(dawn, 'story-08-dawn-finds-help')
})

test('November: a door stays shut and nothing ends by it; what was seen in the evening is written down in seconds', async () => {
  await world.later(35)
  const owen = await as(world, 'Owen Pryce')
  await owen.getByRole('link', { name: /Young Carers for Reece Ferris/ }).first().click()
  await owen.getByText('They were not there').click()
  await owen.getByLabel('What happened, and what do you try next?').fill('He stayed with Tilly; we come to the school gate on Thursday')
  await fillDay(owen, 'When do you try again?', 73)
  await owen.getByRole('button', { name: 'Keep it' }).click()
  await owen.getByText('we come to the school gate on Thursday').waitFor()
  await messageTo('ben.whitaker@schools.example')
  const sunita = await as(world, 'Sunita Rao')
  await look(sunita, 'story-09-sunita-home')
  assert.match(await sunita.locator('main').innerText(), /look at the plan together/)
  for (const words of ['Rang Dawn Ferris, no answer', 'Went to see Dawn Ferris, nobody opened']) {
    await sunita.goto('/')
    await sunita.getByLabel('Note a visit or a call').fill(words)
    await sunita.getByRole('button', { name: 'Write it down' }).click()
    await sunita.getByRole('button', { name: 'Save' }).click()
    await sunita.getByText('Nobody there, or no answer').first().waitFor()
  }
  await open(sunita, 'Dawn Ferris')
  await sunita.goto(`${sunita.url().split('?')[0]}/visits/record`)
  await sunita.getByRole('radio', { name: 'They met' }).check()
  await sunita.getByLabel('What happened?').fill('Janina let me in. Dawn came down and we had breakfast together.')
  await sunita.getByRole('checkbox', { name: 'Dawn Ferris' }).check()
  await sunita.getByRole('checkbox', { name: 'Reece Ferris' }).check()
  await sunita.getByLabel('How Reece Ferris sees it').fill('She laughed at my joke')
  await sunita.getByRole('button', { name: 'Save' }).click()
  await sunita.getByText('She laughed at my joke').waitFor()
  await sunita.goto('/not-seen')
  const rows = await sunita.locator('tbody tr').allInnerTexts()
  assert.ok(rows.findIndex((row) => /Tilly Ferris/.test(row)) < rows.findIndex((row) => /Reece Ferris/.test(row)), 'whoever nobody has seen comes first')
  await look(sunita, 'story-10-not-seen')
})

test('December: the team meets with the family, and everybody sees what changed', async () => {
  await world.later(20)
  const sunita = await as(world, 'Sunita Rao')
  await plan(sunita)
  await sunita.getByRole('button', { name: 'Meetings' }).click()
  await fillDayBy(sunita, 'next', 83)
  await sunita.getByLabel('At what time?').fill('2pm')
  await sunita.getByLabel('Where, or how to join?').fill('The school, room 4')
  await sunita.getByRole('button', { name: 'Arrange the meeting' }).click()
  await sunita.getByText('Ben Whitaker').first().waitFor()
  const ben = await as(world, 'Ben Whitaker', { width: 360, javaScriptEnabled: false })
  await ben.getByRole('link', { name: /a meeting: say whether you come/ }).click()
  await ben.getByLabel('I come', { exact: true }).check()
  await ben.getByRole('button', { name: 'Say so' }).click()
  await sunita.goto('/')
  await sunita.getByRole('link', { name: /write the meeting down/ }).click()
  await sunita.getByRole('button', { name: 'Write the meeting down' }).click()
  await sunita.getByRole('checkbox', { name: 'Dawn Ferris' }).check()
  await sunita.getByLabel('What was said?').fill('Dawn makes breakfast three days a week. Reece was late once.')
  await sunita.getByRole('radio', { name: 'Done' }).first().check()
  await sunita.getByLabel('How it went, or why not').first().fill('Every Friday')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('They met', { exact: true }).waitFor()
  await plan(sunita)
  await sunita.getByRole('button', { name: 'Look at it together' }).click()
  await sunita.getByLabel('What was said?').fill('Dawn: mornings are mine again')
  await sunita.getByRole('radio', { name: 'Better' }).first().check()
  await sunita.getByRole('button', { name: 'Keep what was said' }).click()
  await sunita.getByText('Dawn: mornings are mine again').waitFor()
  await sunita.getByRole('link', { name: 'What changed since it was looked at together' }).click()
  await sunita.getByLabel('From').selectOption({ index: 0 })
  await sunita.getByRole('button', { name: 'Compare' }).click()
  await sunita.getByRole('heading', { name: 'What was done' }).waitFor()
  await sunita.getByRole('heading', { name: 'How needs went' }).waitFor()
  await look(sunita, 'story-11-changes')
})

test('January: Kyle comes back at night, and whoever is on duty finds in one click what was agreed', async () => {
  await world.later(30)
  const dan = await as(world, 'Dan Firth', { width: 360 })
  await dan.goto('/search?q=dawn%20ferris&why=danger')
  await dan.getByRole('link', { name: 'Dawn Ferris', exact: true }).first().click()
  await dan.getByLabel('Somebody may be in danger now').check()
  await dan.getByLabel('In a few words').fill('He is at the door and shouts')
  await dan.getByRole('button', { name: 'Look' }).click()
  await dan.getByRole('link', { name: 'If things get worse: 1 agreed' }).click()
  await dan.getByText('Janina, 07700 900812').waitFor()
  await look(dan, 'story-12-at-night')
  await open(dan, 'Dawn Ferris')
  await contact(dan, 'Kyle shouted at the door; he left when Janina came. The children were upstairs.', async () => {
    const parent = dan.getByRole('group', { name: 'Is this adult a parent' })
    if (await parent.count()) await parent.getByLabel('Yes').check()
    await dan.getByLabel('Passed to the safeguarding lead').check()
  })
  await dan.getByRole('heading', { level: 1, name: /^Contact about Dawn Ferris/ }).waitFor()
  const moira = await as(world, 'Moira Keane')
  await moira.getByRole('link', { name: /Contact about Dawn Ferris, passed on by Dan Firth/ }).first().click()
  await moira.getByRole('radio', { name: 'My own service supports them' }).check()
  await moira.getByLabel('In a few words').fill('Sunita sees them tomorrow; Dawn says she is safe at Janina’s')
  await moira.getByRole('button', { name: 'Save outcome' }).click()
  await moira.getByText('Sunita sees them tomorrow').waitFor()
})

test('March: a manager sees that no family waits for nobody; support ends with the family’s word, and everybody who helped is told', async () => {
  await world.later(50)
  const moira = await as(world, 'Moira Keane')
  await look(moira, 'story-13-manager-home')
  await moira.goto('/nobody-forgotten')
  await moira.getByText('Every one below has an owner and a next date').waitFor()
  await look(moira, 'story-14-nobody-forgotten')
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'Find a colleague' }).click()
  await sunita.getByRole('heading', { level: 1 }).waitFor()
  for (const words of ['Ring the surgery with Dawn about talking therapy', 'Be at school by nine, all five days', 'Keep to the visits of the prison’s family worker']) {
    await plan(sunita)
    await sunita.getByRole('link', { name: words }).first().click()
    await sunita.getByLabel('How did it go?').fill('Yes, and they said so')
    await sunita.getByRole('button', { name: 'It is done' }).click()
    await sunita.getByText('Done', { exact: true }).first().waitFor()
  }
  await open(sunita, 'Dawn Ferris')
  await sunita.getByRole('link', { name: 'End support', exact: true }).click()
  await sunita.getByRole('radio', { name: 'What the family wanted is reached' }).check()
  await sunita.getByLabel('What is different now').fill('Dawn makes breakfast, Reece has a club, Janina has Fridays')
  await sunita.getByLabel('What goes on, and whom').fill('Talking Therapies until May; Dawn rings Ben, or Sunita')
  await sunita.getByRole('radio', { name: 'The family agrees' }).check()
  await sunita.getByLabel('What they say to it').fill('Thank you for not giving up on the stairs')
  await sunita.getByRole('button', { name: 'End support, or ask your manager where that is needed' }).click()
  await open(sunita, 'Dawn Ferris')
  await sunita.getByText(/support ended on/).waitFor()
  await sunita.getByRole('link', { name: /^Why support ended/ }).click()
  await sunita.getByText('Thank you for not giving up on the stairs').first().waitFor()
  await open(sunita, 'Dawn Ferris')
  await sunita.getByRole('link', { name: 'The whole story, in order' }).click()
  await sunita.getByText('Dawn: mornings are mine again').first().waitFor()
  await look(sunita, 'story-15-story')
  const ben = await as(world, 'Ben Whitaker')
  await ben.getByRole('link', { name: /support has ended/ }).click()
  await ben.getByRole('heading', { level: 1, name: 'Support has ended' }).waitFor()
  await look(ben, 'story-16-ben-is-told')
})

test('and what everybody looked at and changed in six months is in the journal, whole', () => {
  assert.match(String(execFileSync(world.binary, [...world.open, 'journal', 'verify'])), /The journal is whole/)
})
