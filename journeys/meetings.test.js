// The team around a family meets: invited from the plan, written down from it in one form, and everything that was decided stands in it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, look, photograph, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

async function openMeetings (page) {
  await page.goto('/')
  await page.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await page.getByRole('link', { name: 'The Barlow family: the plan' }).click()
  await page.getByRole('button', { name: 'Meetings' }).click()
  await page.getByRole('heading', { level: 1, name: 'Meetings' }).waitFor()
}

const today = new Date()

async function on (page, prefix, date) {
  const parts = [date.getDate(), date.getMonth() + 1, date.getFullYear()]
  for (const [at, part] of ['day', 'month', 'year'].entries()) await page.locator(`#${prefix}-${part}`).fill(String(parts[at]))
}

test('a housing officer helps as well: a contact makes her one of those who are invited', async () => {
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

test('the lead arranges a meeting with the family and those who help, and each says whether they come', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await sunita.goto('/')
  await sunita.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await sunita.getByRole('link', { name: 'The Barlow family: the plan' }).click()
  await sunita.getByRole('button', { name: 'Begin the plan' }).click()
  await sunita.getByRole('button', { name: 'Write an action' }).click()
  await sunita.getByLabel('What will be done?').fill('Josh goes to football on Saturdays')
  await sunita.getByRole('button', { name: 'Write it in the plan' }).click()
  await openMeetings(sunita)
  await on(sunita, 'next', today)
  await sunita.getByLabel('At what time?').fill('soon')
  await sunita.getByLabel('Where, or how to join?').fill('The library')
  await sunita.getByRole('button', { name: 'Arrange the meeting' }).click()
  await sunita.getByText('Type the time like 14:30').first().waitFor()
  await look(sunita, 'meetings-01-error')
  await sunita.getByLabel('At what time?').fill('2:30pm')
  await sunita.getByRole('button', { name: 'Arrange the meeting' }).click()
  await sunita.getByText('Helen Marsh, Hillside Homes').waitFor()
  await look(sunita, 'meetings-02-arranged')
  const helen = await as(world, 'Helen Marsh', { width: 360, javaScriptEnabled: false })
  await helen.goto('/')
  await helen.getByRole('link', { name: 'The Barlow family: a meeting: say whether you come' }).click()
  await helen.getByLabel('I cannot come').check()
  await helen.getByLabel('If you cannot').fill('She can move in March')
  await helen.getByRole('button', { name: 'Say so' }).click()
  await helen.getByText('Cannot come: She can move in March').waitFor()
  await photograph(helen, 'meetings-03-phone')
})

test('it is written down in one form, and what was decided stands in the plan', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await sunita.goto('/')
  await sunita.getByRole('link', { name: 'The Barlow family: write the meeting down' }).click()
  await sunita.getByText('Cannot come: She can move in March').waitFor()
  await sunita.getByRole('button', { name: 'Write the meeting down' }).click()
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('What was said is empty').first().waitFor()
  await look(sunita, 'meetings-04-minutes-error')
  await sunita.getByRole('checkbox', { name: 'Amy Barlow' }).check()
  await sunita.getByLabel('Who else came?').fill('Kay Hall, her sister')
  await sunita.getByLabel('What was said?').fill('Amy is proud of Josh. She would move in March.')
  await sunita.getByRole('radio', { name: 'Done' }).first().check()
  await sunita.getByLabel('How it went, or why not').first().fill('He scored twice')
  await sunita.getByLabel('What will be done?').first().fill('Look at the flat in Otley together')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('Choose who does it').first().waitFor()
  await sunita.waitForLoadState('load')
  await sunita.getByLabel('Who does it?').first().selectOption({ label: 'Helen Marsh, Hillside Homes' })
  await sunita.getByText('Draft saved').waitFor()
  // Another window shows what was typed: nothing is lost with this one.
  const again = await sunita.context().newPage()
  await again.goto(sunita.url())
  await again.getByText('This is the draft you left on').waitFor()
  assert.equal(await again.getByLabel('Who else came?').inputValue(), 'Kay Hall, her sister')
  await again.close()
  await look(sunita, 'meetings-05-minutes')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('They met', { exact: true }).waitFor()
  await look(sunita, 'meetings-06-held')
  await sunita.getByRole('link', { name: 'The family’s meetings' }).click()
  await sunita.getByText('Planned', { exact: true }).waitFor()
  await look(sunita, 'meetings-07-list')
  await sunita.getByRole('link', { name: 'Back to the plan' }).click()
  await sunita.getByRole('link', { name: 'Look at the flat in Otley together' }).waitFor()
  await sunita.getByText('He scored twice').waitFor()
  const helen = await as(world, 'Helen Marsh')
  await helen.getByRole('link', { name: /Look at the flat in Otley together/ }).waitFor()
  await helen.getByRole('link', { name: 'The Barlow family: a meeting: say whether you come' }).click()
  await look(helen, 'meetings-08-next')
})
