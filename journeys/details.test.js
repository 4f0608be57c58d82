// Who somebody is, in full: a worker adds a name, corrects an address with its dates, and says what was not wanted to be said.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, look, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

test('a social worker adds a name, ends an address, and keeps that somebody would rather not say', async () => {
  const page = await as(world, 'Sunita Rao')
  await page.goto('/search?q=amy+barlow&why=contact')
  await page.getByRole('link', { name: /Amy .*Barlow/ }).first().click()
  await page.getByRole('link', { name: /Names, addresses, numbers/ }).click()
  await look(page, 'details-1-who-she-is')

  await page.getByRole('link', { name: 'Add name', exact: true }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Type a first name or a last name').first().waitFor()
  await look(page, 'details-2-what-is-missing')
  await page.getByLabel('What kind of name?').selectOption('Known as')
  await page.getByLabel('First names').fill('Amy-Jo')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Amy-Jo (known as)').first().waitFor()

  await page.getByRole('link', { name: 'Add address' }).click()
  await page.getByLabel('What kind of address?').selectOption('Second home')
  await page.getByLabel('House and street').fill('2 Mill Lane')
  await page.getByLabel('Town').fill('Shipley')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('2 Mill Lane, Shipley (second home)').first().waitFor()
  await page.getByRole('link', { name: /correct 2 Mill Lane/ }).click()
  await look(page, 'details-3-why-and-correct')
  await page.getByRole('link', { name: /Correct it/ }).click()
  assert.equal(await page.getByLabel('House and street').inputValue(), '2 Mill Lane')
  await page.getByText('Since when, or until when').click()
  await page.getByRole('group', { name: 'Until' }).getByLabel('Year').fill('2024')
  await look(page, 'details-4-until')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('2 Mill Lane, Shipley (second home), until 2024').first().waitFor()

  await page.getByRole('link', { name: 'Add language' }).click()
  await page.getByLabel('Do we know it?').selectOption('They would rather not say')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('They would rather not say').first().waitFor()
  await look(page, 'details-5-all-of-it')
  await page.getByRole('link', { name: 'Back to Amy-Jo Barlow' }).click()
  await page.getByText('Language, and whether an interpreter is needed: they would rather not say').waitFor()
  await look(page, 'details-6-the-family')
})

test('somebody new is entered after a search, and whoever goes back is asked whether it is them', async () => {
  const page = await as(world, 'Helen Marsh')
  await page.getByLabel('Find somebody').fill('Zuzanna Nowak-Hill')
  await page.getByLabel('Why are you looking?').selectOption('They contacted us, or we visited them')
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('link', { name: 'Enter somebody new' }).click()
  assert.equal(await page.getByLabel('Last name').inputValue(), 'Nowak-Hill')
  await page.getByRole('group', { name: /Date of birth/ }).getByLabel('Year').fill('1990')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: /Zuzanna Nowak-Hill/ }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Is it one of these?' }).waitFor()
  await look(page, 'details-7-is-it-one-of-these')
  await page.goto('/search?q=nowak-hill&why=contact')
  await page.getByText('1 person found').waitFor()
})
