// The main job, from end to end: a housing officer meets a tenant, sees a mother of two, asks for support; a charity
// accepts; the outcome comes back; everything is in the journal; and nobody who should not know learns anything.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { as, look, photograph, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

async function find (page, words) {
  await page.goto('/search')
  await page.getByLabel('Name, date of birth').fill(words)
  await page.getByLabel('Why are you looking?').selectOption('contact')
  await page.getByRole('button', { name: 'Search' }).click()
}

test('a housing officer records a contact, asks for support, and hears what became of it', async () => {
  const helen = await as(world, 'Helen Marsh')
  await look(helen, '01-helen-home')
  await find(helen, 'barlow amy 34')
  await look(helen, '02-helen-search')
  await helen.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await look(helen, '03-helen-asked-why')
  await helen.getByLabel('They contacted us, or we visited them').check()
  await helen.getByLabel('In a few words').fill('She came to the office about her rent')
  await helen.getByRole('button', { name: 'Look' }).click()
  await helen.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
  await look(helen, '04-helen-family-before')
  const text = await helen.locator('main').innerText()
  assert.match(text, /Josh Barlow/)
  assert.match(text, /Mia Barlow.*child/)
  assert.doesNotMatch(text, /Lily/, 'a shielded child leaves no trace')
  assert.doesNotMatch(text, /Low since the spring/, 'what was told in confidence to social care stays there')
  assert.match(text, /A garden for the children/)

  await helen.getByRole('button', { name: 'Record a contact' }).click()
  await helen.getByLabel('What was seen or said?').fill('Three months behind with the rent. Cuddling Mia while we spoke; proud of Josh.')
  await helen.locator('[data-suggested]').getByLabel('Behind with the rent or mortgage').check()
  await helen.getByLabel('Warm and loving with the children').check()
  assert.equal(await helen.getByRole('group', { name: 'Is this adult a parent' }).count(), 0, 'a mother is not asked whether she is one')
  await helen.getByLabel('Ask a service for support now').check()
  await look(helen, '05-helen-contact')
  await helen.getByRole('button', { name: 'Save contact' }).click()

  await helen.getByLabel('What do they need support with?').selectOption('rent_arrears')
  await helen.getByRole('button', { name: 'Show services' }).click()
  await look(helen, '06-helen-services')
  await helen.getByRole('link', { name: 'Home and Money' }).click()
  await helen.getByRole('checkbox', { name: /^Behind with the rent/ }).check()
  await helen.getByLabel('In your words').fill('She would like to be met at the library')
  await look(helen, '07-helen-referral')
  await helen.getByRole('button', { name: 'Send' }).click()
  await helen.getByText('Sent. Home and Money answers by').waitFor()
  await look(helen, '08-helen-sent')

  const grace = await as(world, 'Grace Okafor')
  await grace.getByRole('link', { name: 'Referrals' }).click()
  await look(grace, '09-grace-referrals')
  await grace.getByRole('link', { name: 'Amy Barlow' }).first().click()
  const shared = await grace.locator('main').innerText()
  assert.match(shared, /Behind with the rent/)
  assert.doesNotMatch(shared, /Warm and loving/, 'what was not ticked is not shared')
  assert.doesNotMatch(shared, /Cuddling/, 'nor is the narrative')
  await look(grace, '10-grace-referral')
  await grace.getByRole('button', { name: 'Accept: we will support them' }).click()
  await grace.getByRole('button', { name: 'Support has started' }).click()
  await grace.getByText('End with an outcome').click()
  await grace.getByLabel('Things are better, and the family says so').check()
  await grace.getByLabel('In a few words').fill('A plan for the arrears is agreed')
  await grace.getByRole('button', { name: 'End', exact: true }).click()
  await grace.getByText('How it ended').waitFor()
  await look(grace, '11-grace-ended')

  await helen.goto('/')
  await helen.getByText('Answered since you last looked').waitFor()
  await look(helen, '12-helen-news')
  await helen.getByRole('link', { name: 'Home and Money for Amy Barlow' }).first().click()
  await helen.getByText('A plan for the arrears is agreed').waitFor()
  await helen.getByRole('link', { name: 'Why can I see this?' }).first().click()
  await helen.getByText('You recorded this.').waitFor()
  await look(helen, '13-helen-why')

  const ruth = await as(world, 'Ruth Adler')
  await ruth.getByRole('link', { name: 'Journal', exact: true }).first().click()
  const journal = await ruth.locator('main').innerText()
  for (const act of ['ask to open: done', 'record contact: done', 'ask for support: done', 'decide referral: done', 'find person: seen']) {
    assert.ok(journal.includes(act), `the journal has ${act}`)
  }
  await look(ruth, '14-ruth-journal')
  assert.deepEqual(helen.faults.filter((fault) => !fault.includes('403')), [])
})

test('a shielded child is not there for anybody but the named', async () => {
  const grace = await as(world, 'Grace Okafor')
  await find(grace, 'lily barlow')
  await grace.getByText('0 people found').waitFor()
  const hidden = await grace.locator('h2').first().innerText()
  await find(grace, 'nobody whatsoever')
  assert.equal(await grace.locator('h2').first().innerText(), hidden, 'the hidden and the absent look the same')
  const sunita = await as(world, 'Sunita Rao')
  await find(sunita, 'lily barlow')
  await sunita.getByText('1 person found').waitFor()
  const address = await sunita.getByRole('link', { name: 'Lily Barlow', exact: true }).getAttribute('href')
  const refused = await grace.goto(address)
  const absent = await grace.request.get('/people/01930000-0000-7000-8000-000000000000')
  assert.equal(refused.status(), 404)
  assert.equal(absent.status(), 404)
  await look(grace, '15-grace-nothing-here')
  await sunita.goto(address)
  await look(sunita, '16-sunita-lily')
})

test('whoever lacks training sees only how to get it', async () => {
  const kit = await as(world, 'Kit Lowe')
  await kit.getByText('Take the training').waitFor()
  await look(kit, '17-kit-getting-in')
  for (const path of ['/search?q=amy+barlow&why=contact', '/referrals', '/services']) {
    await kit.goto(path)
    assert.equal(await kit.locator('h1').innerText(), 'Before you can begin', path)
  }
})

test('the main job works without scripts, and on a phone', async () => {
  const helen = await as(world, 'Helen Marsh', { javaScriptEnabled: false, width: 360 })
  await find(helen, 'josh barlow')
  await photograph(helen, '18-phone-search')
  await helen.getByRole('link', { name: /Record a contact/ }).first().click()
  await helen.getByRole('button', { name: 'Save contact' }).click()
  await helen.getByRole('heading', { name: 'There is a problem' }).waitFor()
  await helen.getByLabel('What was seen or said?').fill('Played football with him in the yard')
  await helen.getByRole('button', { name: 'Save contact' }).click()
  await helen.getByText('The contact is saved').waitFor()
  await photograph(helen, '19-phone-family')
  const wide = await helen.locator('body').evaluate((body) => body.scrollWidth).catch(() => 360)
  assert.ok(wide <= 360, `nothing reaches beyond the screen (${wide})`)
})

test('pressing twice records one contact', async () => {
  const helen = await as(world, 'Helen Marsh')
  await find(helen, 'mia barlow')
  await helen.getByRole('link', { name: /Record a contact/ }).first().click()
  const form = await helen.locator('form[data-draft]').evaluate((form) => [form.action, new URLSearchParams(new FormData(form)).toString()])
  const body = form[1].replace('narrative=', 'narrative=Drew+a+picture+of+her+house')
  const send = () => helen.request.post(form[0], { data: body, maxRedirects: 0, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  const answers = await Promise.all([send(), send(), send()])
  const places = new Set(answers.map((answer) => answer.headers().location))
  assert.equal(places.size, 1, [...places].join(' '))
})

test('a contact without an outcome is given to a colleague, who finds it at home with what was said', async () => {
  const helen = await as(world, 'Helen Marsh')
  await helen.getByRole('link', { name: /Contact about Mia Barlow.*: bring it to an outcome/ }).first().click()
  await helen.getByText('Give it to a colleague').click()
  await helen.getByLabel('What should they know?').fill('She likes to draw')
  await helen.getByRole('button', { name: 'Give it', exact: true }).click()
  await helen.getByText('Choose a colleague who may bring it to an outcome').first().waitFor()
  assert.equal(await helen.getByLabel('What should they know?').inputValue(), 'She likes to draw')
  await helen.getByLabel('To whom?').selectOption({ label: 'Tariq Aziz' })
  await look(helen, 'main-job-30-give')
  await helen.getByRole('button', { name: 'Give it', exact: true }).click()
  await helen.getByText('She likes to draw').waitFor()
  assert.equal(await helen.getByText('Give it to a colleague').count(), 0, 'it is not hers any more')
  const tariq = await as(world, 'Tariq Aziz')
  await tariq.getByRole('link', { name: /Contact about Mia Barlow, passed on by Helen Marsh: bring it to an outcome/ }).first().waitFor()
})

test('an extract is loaded by the page, and its bad row is shown with what is wrong', async () => {
  const joy = await as(world, 'Joy Mensah')
  await joy.goto('/feeds')
  const header = 'rec_id,source,first_name,middle_name,last_name,dob,sex,house,street,town,postcode,phone,email,nhs,upn,nino,year'
  const rows = ['x1,gp,Una,,Feather,1980-02-03,F,3,Mill Lane,Otley,LS21 1AA,,,9990548609,,,2026', 'x2,gp,Una,,Feather,2090-02-03,F,,,,,,,,,,2026']
  await joy.getByLabel('Whose extract is it?').selectOption('gp')
  await joy.getByLabel('The file').setInputFiles({ name: 'gp.csv', mimeType: 'text/csv', buffer: Buffer.from([header, ...rows, ''].join('\n')) })
  await look(joy, '20-joy-feeds')
  await joy.getByRole('button', { name: 'Load' }).click()
  await joy.getByText('Done', { exact: true }).waitFor()
  await joy.getByRole('cell', { name: 'is in the future' }).waitFor()
  await look(joy, '21-joy-feed')
  await joy.goto('/nobody-forgotten')
  await joy.getByText('Every one below has an owner').waitFor()
  await look(joy, '22-joy-nobody-forgotten')
})

test('the journal is whole after all of this', () => {
  const said = execFileSync(world.binary, [...world.open, 'journal', 'verify'])
  assert.match(String(said), /The journal is whole/)
})
