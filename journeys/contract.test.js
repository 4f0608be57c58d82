// The contract: what a family and those who help promise each other, made from the plan, agreed by each, signed on the screen or on paper.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { as, look, photograph, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

async function openPlan (page) {
  await page.goto('/')
  await page.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
  await page.goto(`${page.url().split('?')[0]}/plan`)
  await page.getByRole('heading', { level: 1, name: /the plan/ }).waitFor()
}

async function openContract (page) {
  await openPlan(page)
  await page.getByRole('button', { name: 'The contract' }).click()
  await page.getByRole('heading', { level: 1, name: 'The contract' }).waitFor()
}

async function writeAction (page, words, doer) {
  await openPlan(page)
  await page.getByRole('button', { name: 'Write an action' }).click()
  await page.getByLabel('What will be done?').fill(words)
  if (doer) await page.getByLabel('Who does it?').selectOption({ label: doer })
  await page.getByRole('button', { name: 'Write it in the plan' }).click()
  await page.getByRole('heading', { level: 1, name: /the plan/ }).waitFor()
}

test('a housing officer who helps has something to promise', async () => {
  const helen = await as(world, 'Helen Marsh')
  await helen.goto('/search')
  await helen.getByLabel('Name, date of birth').fill('barlow amy')
  await helen.getByLabel('Why are you looking?').selectOption('contact')
  await helen.getByRole('button', { name: 'Search' }).click()
  await helen.getByRole('link', { name: /Record a contact/ }).first().click()
  await helen.getByLabel('What was seen or said?').fill('The boiler is broken again')
  await helen.getByRole('button', { name: 'Save contact' }).click()
  await helen.getByText('The contact is saved').waitFor()
  await openPlan(helen)
  const begin = helen.getByRole('button', { name: 'Begin the plan' })
  if (await begin.count()) await begin.click()
  await writeAction(helen, 'Mend the boiler')
})

test('a lead makes a contract of the plan, and it has two sides', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await writeAction(sunita, 'Walk Josh to school on Mondays', 'Amy Barlow')
  await openContract(sunita)
  await look(sunita, 'contract-01-none')
  await sunita.getByRole('button', { name: 'Make a contract' }).click()
  await sunita.getByLabel('Amy Barlow: Walk Josh to school').uncheck()
  await sunita.getByRole('button', { name: 'Make the contract' }).click()
  await sunita.getByText('a contract has two sides').first().waitFor()
  await look(sunita, 'contract-02-one-sided')
  await sunita.getByLabel('Amy Barlow: Walk Josh to school').check()
  await sunita.getByLabel('What happens if the family does not?').fill('Sunita rings first, and we look for what is in the way')
  await sunita.getByLabel('What happens if an agency does not?').fill('Ring Moira, who sees to it within two days')
  await sunita.getByRole('button', { name: 'Make the contract' }).click()
  await sunita.getByText('Has not said yet').first().waitFor()
  await look(sunita, 'contract-03-made')
})

test('a mother signs on a phone, and what she drew is what is kept', async () => {
  const sunita = await as(world, 'Sunita Rao', { width: 360 })
  await sunita.getByRole('link', { name: 'The Barlow family: not everybody agrees to the contract yet' }).click()
  await sunita.getByRole('link', { name: 'Write down what Amy Barlow says' }).click()
  await sunita.waitForLoadState('load')
  await sunita.getByRole('radio', { name: 'Yes' }).check()
  await sunita.getByRole('button', { name: 'Keep this answer' }).click()
  await sunita.getByText('Sign in the box, or choose how they said so').first().waitFor()
  const pad = sunita.getByRole('img', { name: /Sign here/ })
  await pad.scrollIntoViewIfNeeded()
  const box = await pad.boundingBox()
  const sign = async () => {
    await sunita.mouse.move(box.x + 20, box.y + box.height / 2)
    await sunita.mouse.down()
    for (const [x, y] of [[60, 20], [90, 70], [140, 25], [200, 60]]) await sunita.mouse.move(box.x + x, box.y + y, { steps: 4 })
    await sunita.mouse.up()
  }
  await sign()
  await sunita.getByRole('button', { name: 'Sign again' }).click()
  assert.equal(await sunita.locator('#signature').inputValue(), '')
  await sign()
  await look(sunita, 'contract-04-sign-phone')
  const drawn = await sunita.locator('#signature').inputValue()
  await sunita.getByRole('button', { name: 'Keep this answer' }).click()
  const kept = sunita.getByRole('img', { name: 'The signature of Amy Barlow' })
  await kept.waitFor()
  assert.equal(await kept.locator('path').getAttribute('d'), drawn)
  await look(sunita, 'contract-05-signed-phone')
})

test('a landlord says for itself whether it agrees, without a script, and changing the contract asks everybody anew', async () => {
  const helen = await as(world, 'Helen Marsh', { javaScriptEnabled: false })
  await helen.getByRole('link', { name: 'The Barlow family: say whether you agree to the contract' }).click()
  await helen.getByRole('link', { name: /Write down what Hillside Homes says/ }).click()
  await helen.getByRole('radio', { name: 'No, or not to all of it' }).check()
  await helen.getByRole('button', { name: 'Keep this answer' }).click()
  await helen.getByText('What they say to it is empty').first().waitFor()
  await helen.getByLabel('What do they say to it?').fill('The boiler needs a part: a week more')
  await helen.getByRole('button', { name: 'Keep this answer' }).click()
  await helen.getByText('Does not agree').first().waitFor()
  await photograph(helen, 'contract-06-does-not-agree')
  const sunita = await as(world, 'Sunita Rao')
  await openContract(sunita)
  await sunita.getByRole('button', { name: 'Change it' }).click()
  await sunita.getByLabel('What happens if an agency does not?').fill('Ring Moira, who sees to it within a week')
  await look(sunita, 'contract-07-change')
  await sunita.getByRole('button', { name: 'Make the contract' }).click()
  await sunita.getByText('What happens if an agency does not do it is said otherwise').waitFor()
  assert.equal(await sunita.getByText('Has not said yet').count() > 1, true)
  await sunita.getByText(/^Made by Sunita Rao/).last().click()
  await sunita.getByText('a week more').waitFor()
  await look(sunita, 'contract-08-before')
  await sunita.getByRole('button', { name: 'A copy to sign' }).click()
  await sunita.getByRole('heading', { level: 1, name: /what we promise each other/ }).waitFor()
  await look(sunita, 'contract-09-copy')
})

test('a contract that ends says why, and stays to be read', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await openContract(sunita)
  await sunita.getByText('End the contract').first().click()
  await sunita.getByRole('button', { name: 'End the contract' }).click()
  await sunita.getByText('Why it ends is empty').first().waitFor()
  await sunita.getByLabel('Why does it end?').fill('Everything is done')
  await sunita.getByRole('button', { name: 'End the contract' }).click()
  await sunita.getByText('There is no contract').waitFor()
  await sunita.goto('/')
  await sunita.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await sunita.getByRole('link', { name: 'The whole story, in order' }).click()
  await sunita.getByText('The contract ended: Everything is done').first().waitFor()
  await look(sunita, 'contract-10-story')
})
