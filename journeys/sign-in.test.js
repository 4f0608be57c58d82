// Somebody new comes in: by a link, a password, a second factor; a stranger does not.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { codeOf, look, start } from './kit.js'

let world
before(async () => { world = await start({ records: 20 }) })
after(async () => { await world.stop() })

async function browser () {
  const context = await world.browser.newContext({ baseURL: world.base })
  context.setDefaultTimeout(8000)
  const page = await context.newPage()
  page.faults = []
  return page
}

async function password (page, email, words) {
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(words)
  await page.getByRole('button', { name: 'Continue' }).click()
}

test('a new practitioner chooses a password, sets up a second factor and signs in', async () => {
  const said = execFileSync(world.binary, [...world.open, '--json', 'user', 'add', 'nia@schools.example', '--name', 'Nia Rees',
    '--agency', 'school', '--role', 'practitioner', '--cleared'])
  const { link } = JSON.parse(said)
  const page = await browser()
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Save password' }).click()
  await page.getByText('at least 12 characters and must not').first().waitFor()
  await look(page, '30-invitation-error')
  await page.getByLabel('Password', { exact: true }).fill('three walls and a door')
  await page.getByRole('button', { name: 'Save password' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()

  await password(page, 'nia@schools.example', 'not this one at all')
  const wrong = await page.locator('.govuk-error-summary').innerText()
  await password(page, 'nobody@schools.example', 'not this one at all')
  assert.equal(await page.locator('.govuk-error-summary').innerText(), wrong, 'a stranger learns nothing of who has an account')
  await look(page, '31-sign-in-error')

  await password(page, 'nia@schools.example', 'three walls and a door')
  await page.getByRole('heading', { name: 'Set up your second factor' }).waitFor()
  await page.goto('/')
  assert.match(page.url(), /sign-in\/code/, 'a password alone opens nothing')
  await look(page, '32-second-factor')
  const secret = await page.locator('.govuk-inset-text').innerText()
  const code = codeOf(secret)
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
  await look(page, '33-recovery-codes')
  const recovery = await page.locator('code').first().innerText()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByRole('heading', { name: 'Hello Nia Rees' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()

  const other = await browser()
  await password(other, 'nia@schools.example', 'three walls and a door')
  await other.getByLabel('Code').fill(code)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.getByText('Check what you typed and try again').first().waitFor()
  for (const expected of ['Hello Nia Rees', 'Enter your code']) {
    await other.getByLabel('Code').fill(recovery)
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByRole('heading', { level: 1, name: expected }).waitFor()
    if (expected.startsWith('Hello')) {
      await other.getByRole('button', { name: 'Sign out' }).click()
      await other.waitForURL('**/sign-in')
      await password(other, 'nia@schools.example', 'three walls and a door')
    }
  }
  await page.goto(link)
  await page.getByText('This link has been used or has ended').waitFor()
})

test('a stranger who guesses is slowed down, and the colleague on her own device is not', async () => {
  const link = JSON.parse(execFileSync(world.binary, [...world.open, '--json', 'user', 'add', 'ada@schools.example', '--name', 'Ada Holm',
    '--agency', 'school', '--role', 'practitioner', '--cleared'])).link
  const ada = await browser()
  await ada.goto(link)
  await ada.getByLabel('Password', { exact: true }).fill('four chairs by the sea')
  await ada.getByRole('button', { name: 'Save password' }).click()
  await password(ada, 'ada@schools.example', 'four chairs by the sea')
  await ada.getByLabel('Code').fill(codeOf(await ada.locator('.govuk-inset-text').innerText()))
  await ada.getByRole('button', { name: 'Sign in' }).click()
  await ada.getByRole('button', { name: 'I have kept them' }).click()
  await ada.getByRole('button', { name: 'Sign out' }).click()
  const stranger = await browser()
  // All at the same moment: each is counted before it is known to be wrong.
  const guesses = await Promise.all(Array.from({ length: 20 }, (_, n) =>
    stranger.request.post('/sign-in', { form: { email: 'ada@schools.example', password: `guess number ${n}` } }).then((answer) => answer.text())))
  assert.ok(guesses.filter((answer) => answer.includes('There were too many tries')).length >= 14)
  await password(ada, 'ada@schools.example', 'four chairs by the sea')
  await ada.getByRole('heading', { name: 'Enter your code' }).waitFor()
})
