// Support ends by somebody's act, with why, and never because a door stayed shut; whoever helps is told; whoever meets the family begins again.
import { after, before, test } from 'node:test'
import { as, look, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

async function openFamily (page) {
  await page.goto('/')
  await page.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
}

async function openClosing (page) {
  await openFamily(page)
  await page.getByRole('link', { name: 'End support', exact: true }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}

async function say (page, reason) {
  await page.getByRole('radio', { name: reason }).check()
  await page.getByLabel('What is different now').fill('Nobody opens, and nobody answers')
  await page.getByLabel('What goes on, and whom').fill('The school sees Josh and Mia every day. Kay has our number.')
  await page.getByRole('radio', { name: 'The family was not told yet' }).check()
  await page.getByLabel('What they say to it').fill('A letter goes out on Monday')
  await page.getByLabel('What was tried differently').fill('Kay came along, and we met at the library')
}

const END = 'End support, or ask your manager where that is needed'

test('a housing officer helps as well: a contact makes her one of those who are told', async () => {
  const helen = await as(world, 'Helen Marsh')
  await helen.goto('/search')
  await helen.getByLabel('Name, date of birth').fill('barlow amy')
  await helen.getByLabel('Why are you looking?').selectOption('contact')
  await helen.getByRole('button', { name: 'Search' }).click()
  await helen.getByRole('link', { name: /Record a contact/ }).first().click()
  await helen.getByLabel('What was seen or said?').fill('She asked about a move')
  await helen.getByRole('button', { name: 'Save contact' }).click()
  await helen.getByText('The contact is saved').waitFor()
})

test('a family that was not reached is not let go before enough was tried', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await openClosing(sunita)
  await sunita.getByRole('button', { name: END }).click()
  await sunita.getByText('Choose why support ends').first().waitFor()
  await look(sunita, 'closing-01-error')
  await say(sunita, 'The family cannot be reached')
  await sunita.getByRole('button', { name: END }).click()
  await sunita.getByText('try again first, differently').first().waitFor()
  for (const when of ['yesterday', 'today', 'today']) {
    await sunita.goto('/')
    await sunita.getByLabel('Note a visit or a call').fill(`Rang Amy Barlow ${when}, no answer`)
    await sunita.getByRole('button', { name: 'Write it down' }).click()
    await sunita.getByRole('button', { name: 'Save' }).click()
    await sunita.getByText('Nobody there, or no answer').first().waitFor()
  }
  await openClosing(sunita)
  await say(sunita, 'The family cannot be reached')
  await look(sunita, 'closing-02-tried')
  await sunita.getByRole('button', { name: END }).click()
  await sunita.getByRole('heading', { level: 1, name: 'Sunita Rao' }).or(sunita.getByLabel('Note a visit or a call')).first().waitFor()
  await openClosing(sunita)
  await sunita.getByText('Waiting for a manager to agree').waitFor()
  await look(sunita, 'closing-03-waiting')
})

test('a manager asks to go on, and once more was tried agrees; the plan and the lead end with it', async () => {
  const moira = await as(world, 'Moira Keane')
  await moira.getByRole('link', { name: 'Sunita Rao asks to end support for The Barlow family' }).first().click()
  await moira.getByRole('radio', { name: 'No: we go on' }).check()
  await moira.getByRole('button', { name: 'Answer' }).click()
  await moira.getByText('Why support goes on is empty').first().waitFor()
  await look(moira, 'closing-04-answer-error')
  await moira.getByRole('radio', { name: 'No: we go on' }).check()
  await moira.getByLabel('If we go on').fill('Try the school gate with Ben')
  await moira.getByRole('button', { name: 'Answer' }).click()
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'The Barlow family: it was not agreed to end support' }).click()
  await sunita.getByText('Try the school gate with Ben').waitFor()
  await look(sunita, 'closing-05-goes-on')
  await say(sunita, 'Services open to all are enough')
  await sunita.getByRole('radio', { name: 'The family agrees' }).check()
  await sunita.getByRole('button', { name: END }).click()
  await openFamily(sunita)
  await sunita.getByText('The Barlow family: support ended on').waitFor()
  await look(sunita, 'closing-06-family')
})

test('whoever helps is told, and whoever meets the family again begins support again', async () => {
  const helen = await as(world, 'Helen Marsh')
  await helen.getByRole('link', { name: 'The Barlow family: support has ended' }).click()
  await helen.getByRole('heading', { level: 1, name: 'Support has ended' }).waitFor()
  await look(helen, 'closing-07-told')
  await helen.getByRole('button', { name: 'Begin support again' }).click()
  await helen.getByText('The next step is empty').first().waitFor()
  await helen.getByLabel('What comes next?').fill('Meet Amy at the surgery')
  await helen.getByRole('button', { name: 'Begin support again' }).click()
  await helen.getByText('Meet Amy at the surgery').first().waitFor()
  await helen.getByText('Helen Marsh answers for it').waitFor()
  await look(helen, 'closing-08-again')
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'The Barlow family: support has begun again' }).waitFor()
  await helen.goto('/')
  await helen.getByRole('link', { name: 'The Barlow family: say who leads' }).click()
  await helen.getByText('Nobody leads for the family yet').waitFor()
  await look(helen, 'closing-09-who-leads')
  await helen.getByRole('button', { name: 'I lead for the family' }).click()
  await helen.getByText('Helen Marsh leads for the family').waitFor()
})
