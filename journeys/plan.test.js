// One plan for a family: begun by the social worker who leads, written by those who help, read by each as far as they may, printed for the
// kitchen, looked at together, and never with an action that is nobody's.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, look, photograph, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

async function openPlan (page) {
  await page.goto('/')
  await page.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await page.getByRole('link', { name: 'The Barlow family: the plan' }).click()
  await page.getByRole('heading', { level: 1, name: 'The Barlow family: the plan' }).waitFor()
}

async function write (page, words, choose) {
  await page.getByRole('button', { name: 'Write an action' }).click()
  await page.getByLabel('What will be done?').fill(words)
  await choose()
  await page.getByRole('button', { name: 'Write it in the plan' }).click()
  await page.getByRole('link', { name: words }).first().waitFor()
}

test('a lead begins the plan, and writes what each does: an agency, and the family', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await openPlan(sunita)
  await look(sunita, 'plan-01-none-yet')
  await sunita.getByRole('button', { name: 'Begin the plan' }).click()
  await sunita.getByText('leads for the family').waitFor()
  await look(sunita, 'plan-02-begun')
  await sunita.getByRole('button', { name: 'Write an action' }).click()
  await sunita.getByRole('button', { name: 'Write it in the plan' }).click()
  await sunita.getByText('What will be done').first().waitFor()
  await look(sunita, 'plan-03-error')
  await openPlan(sunita)
  await write(sunita, 'Josh goes to football on Saturdays', async () => {
    await sunita.getByLabel('Who does it?').selectOption({ label: 'Josh Barlow' })
    await look(sunita, 'plan-04-writing')
  })
  await write(sunita, 'See the doctor about sleep', async () => {
    await sunita.getByLabel('Who does it?').selectOption({ label: 'Amy Barlow' })
    await sunita.getByText('Enforcement, or not for everybody').click()
    await sunita.getByLabel('Keep it between my agency').check()
  })
  await write(sunita, 'Keep to what was agreed with the landlord', async () => {
    await sunita.getByText('Enforcement, or not for everybody').click()
    await sunita.getByLabel('Enforcement: a contract').check()
  })
  await sunita.getByRole('link', { name: /Leave it for now, and say why/ }).first().click()
  await sunita.getByRole('button', { name: 'Leave it for now' }).click()
  await sunita.getByText('Why it is left for now').first().waitFor()
  await look(sunita, 'plan-05-reason-error')
  await sunita.getByLabel('Why is it left for now?').fill('When the baby is here, she says')
  await sunita.getByRole('button', { name: 'Leave it for now' }).click()
  await sunita.getByText('Left for now: When the baby is here, she says').waitFor()
  await look(sunita, 'plan-06-written')
})

test('what is to do is on the home page, and is said to be done once', async () => {
  const sunita = await as(world, 'Sunita Rao')
  const before = await sunita.locator('main').innerText()
  assert.match(before, /The Barlow family: look at the plan together/)
  await sunita.getByRole('link', { name: 'Ask Josh Barlow how it goes: Josh goes to football on Saturdays' }).click()
  await look(sunita, 'plan-07-action')
  const other = await sunita.context().newPage()
  await other.goto(sunita.url())
  await sunita.getByLabel('How did it go?').fill('He was so proud of his boots')
  await sunita.getByRole('button', { name: 'It is done' }).click()
  await sunita.getByText('He was so proud of his boots').waitFor()
  await other.getByText('It is not done after all').click()
  await other.getByLabel('Why, and what instead?').fill('He would not go')
  await other.getByRole('button', { name: 'Save' }).last().click()
  await other.getByText('Somebody else changed this while you were writing').first().waitFor()
  await photograph(other, 'plan-08-somebody-was-faster')
  await sunita.goto('/')
  assert.doesNotMatch(await sunita.locator('main').innerText(), /football/)
})

test('the copy for the kitchen tells nobody what is another’s alone', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await openPlan(sunita)
  await sunita.getByRole('button', { name: 'A copy for the fridge' }).click()
  const of = async (name) => {
    await sunita.getByLabel('Whose copy is it?').selectOption({ label: name })
    await sunita.getByRole('button', { name: 'Show this copy' }).click()
    await sunita.getByRole('heading', { level: 1 }).waitFor()
    return sunita.locator('main').innerText()
  }
  assert.doesNotMatch(await of('For everybody'), /See the doctor/)
  assert.doesNotMatch(await of('Josh Barlow'), /See the doctor/)
  assert.match(await of('Amy Barlow'), /What Amy Barlow does[\s\S]*See the doctor about sleep/)
  await look(sunita, 'plan-09-copy')
  await sunita.emulateMedia({ media: 'print' })
  await photograph(sunita, 'plan-10-copy-printed')
})

test('the plan is looked at together, and says how each need goes', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await openPlan(sunita)
  await sunita.getByRole('button', { name: 'Look at it together' }).click()
  await sunita.getByLabel('What was said?').fill('Amy says mornings are easier. Josh showed us his boots.')
  await sunita.getByRole('radio', { name: 'Better' }).first().check()
  await look(sunita, 'plan-11-review')
  await sunita.getByRole('button', { name: 'Keep what was said' }).click()
  await sunita.getByText('Amy says mornings are easier').waitFor()
  await look(sunita, 'plan-12-reviewed')
  await sunita.getByText('Close the plan').first().click()
  await sunita.getByLabel('Why is it closed').fill('All is well')
  await sunita.getByRole('button', { name: 'Close the plan' }).click()
  await sunita.getByText('Say first what became of the actions that are open').first().waitFor()
  const narrow = await as(world, 'Sunita Rao', { width: 360, javaScriptEnabled: false })
  await openPlan(narrow)
  await photograph(narrow, 'plan-13-phone')
})

test('a housing officer reads what is for all who help, and not what is between Amy and her social worker', async () => {
  const helen = await as(world, 'Helen Marsh')
  await helen.goto('/search')
  await helen.getByLabel('Name, date of birth').fill('barlow amy 34')
  await helen.getByLabel('Why are you looking?').selectOption('contact')
  await helen.getByRole('button', { name: 'Search' }).click()
  await helen.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await helen.getByLabel('They contacted us, or we visited them').check()
  await helen.getByLabel('In a few words').fill('She came about her rent')
  await helen.getByRole('button', { name: 'Look' }).click()
  await helen.getByRole('link', { name: 'The Barlow family: the plan' }).click()
  await helen.getByRole('heading', { level: 1, name: 'The Barlow family: the plan' }).waitFor()
  const shown = await helen.locator('main').innerText()
  assert.match(shown, /Keep to what was agreed with the landlord/)
  assert.doesNotMatch(shown, /See the doctor/)
  assert.doesNotMatch(shown, /When the baby is here/, 'what is left for now of a need she may not read')
  await look(helen, 'plan-14-helen')
})
