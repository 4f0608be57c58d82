// While somebody is away, whoever covers finds what is theirs to do; nobody is away without somebody who does.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, fillDay, look, photograph, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

test('a lead says that she is away, and who covers', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'Being away' }).click()
  await look(sunita, 'away-01-none')
  await fillDay(sunita, 'From', 0)
  await fillDay(sunita, 'Until, the last day', -1)
  await sunita.getByLabel('Who covers?').selectOption({ label: 'Moira Keane' })
  await sunita.getByLabel('What should they know?').fill('Amy rings on Mondays')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('Type a last day from today on').first().waitFor()
  await look(sunita, 'away-02-error')
  await fillDay(sunita, 'Until, the last day', 5)
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('Moira Keane covers').waitFor()
  await look(sunita, 'away-03-said')
})

test('of many things to do home shows whoever covers and manages the first, and a page all of them; to somebody else it is not there', async () => {
  const sunita = await as(world, 'Sunita Rao')
  for (let door = 0; door < 6; door++) {
    await sunita.goto('/')
    await sunita.getByLabel('Note a visit or a call').fill('Rang Amy Barlow, no answer')
    await sunita.getByRole('button', { name: 'Write it down' }).click()
    await sunita.getByRole('button', { name: 'Save' }).click()
    await sunita.getByRole('link', { name: /^Telephone call, .*: planned$/ }).first().waitFor()
  }
  const moira = await as(world, 'Moira Keane')
  await moira.getByText(/^Sunita Rao, away until .*: 7 to do/).first().click()
  await look(moira, 'away-04-team')
  await moira.getByRole('link', { name: /^All 7/ }).last().click()
  await moira.getByRole('heading', { level: 1, name: /^Sunita Rao/ }).waitFor()
  assert.equal(await moira.getByRole('link', { name: /^Telephone call to Amy Barlow/ }).count(), 6)
  await look(moira, 'away-05-all')
  const helen = await as(world, 'Helen Marsh')
  assert.equal((await helen.goto(moira.url())).status(), 404, 'not of her team')
})

test('whoever covers finds it at home, and whoever manages sees who is away', async () => {
  const moira = await as(world, 'Moira Keane', { width: 360 })
  await moira.getByRole('heading', { level: 2, name: 'You cover for' }).waitFor()
  await moira.getByText(/Amy rings on Mondays/).first().waitFor()
  await moira.getByText(/^Sunita Rao, away until/).waitFor()
  await look(moira, 'away-06-covers-phone')
  await moira.goto('/away')
  await moira.getByRole('button', { name: /Back, or not away.*Sunita Rao/ }).click()
  await moira.getByRole('heading', { level: 1, name: 'Being away' }).waitFor()
  await moira.goto('/')
  await moira.getByRole('heading', { level: 1 }).waitFor()
  await photograph(moira, 'away-07-back')
})
