// The practitioner index: a teacher who knows a boy's name and birthday learns in one look who works with him and how to reach them; a
// shielded girl is not there; a father who works for an agency and looks for his own name is noticed, and somebody answers for that.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, look, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

async function ask (page, { first, last, born, reason = 'He was not at school for three days' }) {
  await page.goto('/index')
  await page.getByLabel('First name').fill(first)
  await page.getByLabel('Last name').fill(last)
  const [day, month, year] = born
  await page.getByLabel('Day').fill(day)
  await page.getByLabel('Month').fill(month)
  await page.getByLabel('Year').fill(year)
  await page.getByLabel('Why are you looking?').selectOption('worried')
  await page.getByLabel('In a few words').fill(reason)
  await page.getByRole('button', { name: 'Look', exact: true }).click()
}

test('a teacher learns in one look who works with a boy, and nothing else of him', async () => {
  const ben = await as(world, 'Ben Whitaker')
  await ben.getByRole('link', { name: 'Who works with them?' }).click()
  await look(ben, 'index-01-ask')
  await ben.getByLabel('Last name').fill('Barlow')
  await ben.getByLabel('Why are you looking?').selectOption('worried')
  await ben.getByLabel('In a few words').fill('To see who is there')
  await ben.getByRole('button', { name: 'Look', exact: true }).click()
  await ben.getByText('Write a number; or first and last name').first().waitFor()
  await look(ben, 'index-02-too-little')
  await ask(ben, { first: 'Josh', last: 'Barlow', born: ['8', '9', '2017'] })
  await ben.getByRole('link', { name: 'Josh Barlow' }).first().waitFor()
  await look(ben, 'index-03-found')
  await ben.getByRole('link', { name: 'Josh Barlow' }).first().click()
  await ben.getByRole('heading', { level: 1, name: 'Who works with Josh Barlow?' }).waitFor()
  await look(ben, 'index-04-shown')
  const shown = await ben.locator('main').innerText()
  assert.match(shown, /Sunita Rao, Social worker/)
  assert.match(shown, /07700 900105/)
  assert.match(shown, /Parents and carers\s+Amy Barlow/)
  assert.doesNotMatch(shown, /Hill Street|Low since|garden|Saturdays/, 'no address, no case content')
  const address = ben.url()
  const helen = await as(world, 'Helen Marsh')
  assert.equal((await helen.goto(address)).status(), 404, 'what he found is his alone to open')
})

test('a girl who must not be known is not there, and looks like a girl who is not', async () => {
  const ben = await as(world, 'Ben Whitaker')
  const pages = []
  for (const first of ['Lily', 'Zelda']) {
    await ask(ben, { first, last: 'Barlow', born: ['1', '1', '2020'] })
    await ben.getByText('Nobody is found').waitFor()
    pages.push(await ben.locator('main').innerText())
  }
  assert.equal(pages[0], pages[1])
})

test('whoever looks for their own name is noticed, and somebody else answers for it', async () => {
  const moira = await as(world, 'Moira Keane')
  await moira.goto('/people/new')
  await moira.getByLabel('First names').fill('Finn')
  await moira.getByLabel('Last name').fill('Whitaker')
  await moira.getByLabel('Day').first().fill('5')
  await moira.getByLabel('Month').first().fill('5')
  await moira.getByLabel('Year').first().fill('2018')
  await moira.getByRole('button', { name: /Create|Save/ }).first().click()
  await moira.getByRole('heading', { level: 1, name: 'Finn Whitaker' }).waitFor()
  const ben = await as(world, 'Ben Whitaker')
  await ask(ben, { first: 'Finn', last: 'Whitaker', born: ['5', '5', '2018'], reason: 'To see' })
  await ben.getByRole('link', { name: 'Finn Whitaker' }).click()
  await ben.getByRole('heading', { level: 1, name: 'Who works with Finn Whitaker?' }).waitFor()
  const ruth = await as(world, 'Ruth Adler')
  await ruth.getByRole('link', { name: 'Unusual looks' }).first().click()
  await ruth.getByText('They have the last name of whoever looked').waitFor()
  await look(ruth, 'index-05-unusual')
})
