// Agreeing to a contract by a link: sent by e-mail to where it is safe, opened on a phone with a number that stands in no message.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { as, look, start } from './kit.js'
import { mailServer } from './mail.js'

let post, world
before(async () => {
  post = await mailServer()
  world = await start({ env: post.env })
})
after(async () => {
  await world.stop()
  await post.stop()
})

async function openDawn (page) {
  await page.goto('/search?q=dawn+ferris&why=contact')
  await page.getByRole('link', { name: 'Dawn Ferris', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Dawn Ferris' }).waitFor()
  return page.url().split('?')[0]
}

async function openContract (page) {
  await page.goto(`${await openDawn(page)}/plan`)
  await page.getByRole('button', { name: 'The contract' }).click()
  await page.getByRole('heading', { level: 1, name: 'The contract' }).waitFor()
}

async function writeAction (page, words, doer) {
  await page.goto(`${await openDawn(page)}/plan`)
  const begin = page.getByRole('button', { name: 'Begin the plan' })
  if (await begin.count()) await begin.click()
  await page.getByRole('button', { name: 'Write an action' }).click()
  await page.getByLabel('What will be done?').fill(words)
  if (doer) await page.getByLabel('Who does it?').selectOption({ label: doer })
  await page.getByRole('button', { name: 'Write it in the plan' }).click()
  await page.getByRole('heading', { level: 1, name: /the plan/ }).waitFor()
}

async function makeFamily (page) {
  await page.goto('/people/new')
  await page.getByLabel('First names').fill('Dawn')
  await page.getByLabel('Last name').fill('Ferris')
  await page.getByRole('group', { name: 'Date of birth' }).getByLabel('Year').fill('1988')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'Dawn Ferris' }).waitFor()
  await openDawn(page)
  await page.getByRole('button', { name: 'Add a relative' }).click()
  await page.getByLabel('Name, date of birth').fill('tilly ferris')
  await page.getByLabel('Why are you looking?').selectOption('contact')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Enter somebody new' }).click()
  await page.getByLabel('First names').fill('Tilly')
  await page.getByLabel('Last name').fill('Ferris')
  await page.getByRole('group', { name: 'Date of birth' }).getByLabel('Year').fill('2022')
  await page.getByLabel('They are', { exact: true }).selectOption({ label: 'child of' })
  await page.getByRole('button', { name: 'Save' }).click()
  await openDawn(page)
  await page.getByRole('button', { name: 'Make a family of them' }).click()
  await page.getByRole('link', { name: /the plan$/ }).waitFor()
}

async function onAPhone (path) {
  const context = await world.browser.newContext({ baseURL: world.base, viewport: { width: 360, height: 740 } })
  const page = await context.newPage()
  page.faults = []
  await page.goto(path)
  return page
}

const details = (page) => page.getByText('Send a link: Dawn Ferris')
let link, code

test('a lead sends no link before Dawn was asked which way is safe', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await makeFamily(sunita)
  await writeAction(sunita, 'Fetch Tilly on Fridays', 'Dawn Ferris')
  await writeAction(sunita, 'Ring the nursery')
  await openContract(sunita)
  await sunita.getByRole('button', { name: 'Make a contract' }).click()
  await sunita.getByLabel('What happens if the family does not?').fill('Sunita rings first')
  await sunita.getByLabel('What happens if an agency does not?').fill('Ring Moira')
  await sunita.getByRole('button', { name: 'Make the contract' }).click()
  await sunita.getByText('Has not said yet').first().waitFor()
  await details(sunita).click()
  await look(sunita, 'agree-01-send')
  await sunita.getByRole('button', { name: 'Send the link' }).first().click()
  await sunita.getByText('Nobody knows which way to reach them is safe').first().waitFor()
  await look(sunita, 'agree-02-not-asked')
})

test('once she was, it leaves with no name, no reason and no number; the number is for Sunita to say', async () => {
  const sunita = await as(world, 'Sunita Rao')
  const dawn = await openDawn(sunita)
  await sunita.goto(`${dawn}/details/email`)
  await sunita.locator('#words').fill('dawn@ferris.example')
  await sunita.getByRole('button', { name: 'Save' }).click()
  await sunita.goto(`${dawn}/safe-contact`)
  await sunita.getByLabel('E-mail to dawn@ferris.example').check()
  await sunita.getByLabel('From', { exact: true }).selectOption('00:00')
  await sunita.getByLabel('until').selectOption('24:00')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('E-mail to dawn@ferris.example is safe').waitFor()
  await openContract(sunita)
  await details(sunita).click()
  await sunita.getByRole('button', { name: 'Send the link' }).first().click()
  await sunita.getByText('Tell Dawn Ferris this number yourself').waitFor()
  code = (await sunita.getByText('Tell Dawn Ferris this number yourself').textContent()).match(/\d{3} \d{3}/)[0]
  await look(sunita, 'agree-03-number')
  const message = await post.messageTo('dawn@ferris.example')
  assert.doesNotMatch(message.replace(/^To: .*$/m, ''), /Dawn|Ferris|Tilly|nursery|Sunita|contract/i)
  assert.ok(!message.includes(code) && !message.includes(code.replace(' ', '')))
  link = message.match(/\/agree\/\w+/)[0]
})

test('whoever has the link without the number sees nothing, and a link that never was looks the same', async () => {
  const [found, none] = [await onAPhone(link), await onAPhone('/agree/0123456789abcdef')]
  for (const page of [found, none]) {
    await page.getByLabel('The number that you were told').fill(code === '111 111' ? '222222' : '111111')
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('This link and this number open nothing').first().waitFor()
  }
  await look(found, 'agree-04-wrong')
  const words = (page) => page.locator('main').innerText()
  assert.equal(await words(found), await words(none))
})

test('Dawn reads what was promised on her phone, says that she agrees, and the link is used', async () => {
  const dawn = await onAPhone(link)
  await dawn.getByLabel('The number that you were told').fill(code)
  await dawn.getByRole('button', { name: 'Go on' }).click()
  await dawn.getByRole('heading', { level: 1, name: 'What we promise each other' }).waitFor()
  await look(dawn, 'agree-05-read')
  await dawn.getByRole('button', { name: 'Send what I say' }).click()
  await dawn.getByText('Say whether you agree').first().waitFor()
  await dawn.getByRole('radio', { name: 'No, or not to all of it' }).check()
  await dawn.getByRole('button', { name: 'Send what I say' }).click()
  await dawn.getByRole('link', { name: /What you would change/ }).waitFor()
  await look(dawn, 'agree-06-no-words')
  await dawn.getByRole('radio', { name: 'Yes' }).check()
  await dawn.getByLabel('What do you say to it?').fill('Fridays suit me')
  await dawn.getByRole('button', { name: 'Send what I say' }).click()
  await dawn.getByRole('heading', { name: 'Thank you: it is kept' }).waitFor()
  await look(dawn, 'agree-07-thanks')
  const again = await onAPhone(link)
  await again.getByLabel('The number that you were told').fill(code)
  await again.getByRole('button', { name: 'Go on' }).click()
  await again.getByText('This link and this number open nothing').first().waitFor()
  const sunita = await as(world, 'Sunita Rao')
  await openContract(sunita)
  await sunita.getByText('By a link that they were sent').waitFor()
  await sunita.getByText('“Fridays suit me”').waitFor()
  await look(sunita, 'agree-08-agreed')
})
