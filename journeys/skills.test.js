// A colleague is found by what they can do; a manager sees whose training ends soon; guidance stands where somebody decides.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, look, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

test('what somebody says they can do is how a colleague of another agency finds them', async () => {
  const helen = await as(world, 'Helen Marsh')
  await helen.getByRole('link', { name: 'What you can do' }).click()
  await helen.getByRole('button', { name: 'Add it' }).click()
  await helen.getByText('Choose one of the list').first().waitFor()
  await look(helen, 'skills-01-error')
  await helen.getByLabel('What else?').selectOption({ label: 'Polish' })
  await helen.getByRole('button', { name: 'Add it' }).click()
  await helen.getByRole('button', { name: /Take it back.*Polish/ }).waitFor()
  await look(helen, 'skills-02-own')
  const lena = await as(world, 'Lena Kowalska')
  await lena.goto('/skills')
  await lena.getByLabel('What else?').selectOption({ label: 'Polish' })
  await lena.getByRole('button', { name: 'Add it' }).click()
  await lena.getByRole('button', { name: /Take it back.*Polish/ }).waitFor()
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'Find a colleague' }).click()
  await sunita.getByLabel('What do you need?').selectOption({ label: 'Polish' })
  await sunita.getByRole('button', { name: 'Find' }).click()
  await sunita.getByText('Helen Marsh').waitFor()
  assert.equal(await sunita.getByText('Lena Kowalska').count(), 0, 'whoever works for a service that is not named is not found')
  await look(sunita, 'skills-03-found')
})

test('a manager records training, and whoever took it is told before it ends', async () => {
  const tariq = await as(world, 'Tariq Aziz')
  await tariq.getByRole('link', { name: 'Your team’s training' }).click()
  await tariq.getByRole('button', { name: 'Record it' }).click()
  await tariq.getByText('Choose somebody of your team').first().waitFor()
  await look(tariq, 'skills-04-error')
  await tariq.getByLabel('Who took it?').selectOption({ label: 'Helen Marsh' })
  await tariq.getByLabel('Which?').selectOption({ label: 'Domestic abuse (usually 24 months)' })
  const soon = new Date(Date.now() + 20 * 24 * 3600 * 1000)
  await tariq.getByLabel('Day').fill(String(soon.getDate()))
  await tariq.getByLabel('Month').fill(String(soon.getMonth() + 1))
  await tariq.getByLabel('Year').fill(String(soon.getFullYear()))
  await tariq.getByRole('button', { name: 'Record it' }).click()
  await tariq.getByText('Domestic abuse (Until').waitFor()
  await look(tariq, 'skills-05-team')
  const helen = await as(world, 'Helen Marsh')
  await helen.getByRole('link', { name: 'Domestic abuse: arrange the training again' }).waitFor()
})

test('guidance stands where somebody decides, with its source', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await sunita.getByRole('link', { name: 'End support', exact: true }).click()
  await sunita.getByText('They do not want to meet: what helps?').click()
  await sunita.getByText('Go with somebody they trust').waitFor()
  await sunita.getByText('To be confirmed by this area').last().waitFor()
  await look(sunita, 'skills-06-guidance')
})
