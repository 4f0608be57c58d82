// A referral's loop: several services are asked, one asks for more, the first to accept supports; who waits knows until when; nothing ends by being missed.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { as, fillDay, look, start } from './kit.js'

let world
before(async () => { world = await start() })
after(async () => { await world.stop() })

const SENT = /Family Friends/

async function openReferral (page, name) {
  await page.goto('/referrals')
  await page.getByRole('row', { name }).getByRole('link', { name: 'Amy Barlow' }).first().click()
  await page.getByRole('heading', { level: 1, name: /for Amy Barlow/ }).waitFor()
}

test('a lead asks several services at once', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await sunita.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
  await sunita.goto(`${sunita.url().split('?')[0]}/support?need=parenting_support`)
  await sunita.getByRole('heading', { level: 2, name: /Services that fit/ }).waitFor()
  await sunita.getByRole('link', { name: SENT }).first().click()
  await sunita.getByLabel('In your words').fill('She would like company on Tuesdays')
  await sunita.getByRole('group', { name: /Ask others as well/ }).getByRole('checkbox').first().check()
  await look(sunita, 'referral-01-several')
  await sunita.getByRole('button', { name: 'Send' }).click()
  await sunita.getByText('Other services were asked as well').waitFor()
})

test('a service asks for more first, and the sender finds the question at home', async () => {
  const owen = await as(world, 'Owen Pryce')
  await openReferral(owen, SENT)
  await owen.getByText('Ask the sender for more first').click()
  await owen.getByRole('button', { name: 'Ask', exact: true }).click()
  await owen.getByText('What you ask is empty').first().waitFor()
  await owen.getByLabel('What do you need to know').fill('Can she come by bus?')
  await owen.getByRole('button', { name: 'Ask', exact: true }).click()
  await owen.getByText('The service asks: Can she come by bus?').waitFor()
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: /asks for more about Amy Barlow: answer/ }).click()
  await look(sunita, 'referral-02-asked-back')
  await sunita.getByLabel('Your answer').fill('Yes, the 622 stops at her door')
  await sunita.getByRole('button', { name: 'Answer' }).click()
  await sunita.getByText('Yes, the 622 stops at her door').waitFor()
})

test('the first to accept supports: it says when it starts, and the others are told', async () => {
  const owen = await as(world, 'Owen Pryce')
  await openReferral(owen, SENT)
  await owen.getByRole('button', { name: 'Accept: we will support them' }).click()
  await owen.getByText('Say when it starts').click()
  await fillDay(owen, 'When does support start?', 12)
  await owen.getByLabel('Their place in the waiting list').fill('two')
  await owen.getByRole('button', { name: 'Tell the sender' }).click()
  await owen.getByText('Type the place as a number').first().waitFor()
  await owen.getByLabel('Their place in the waiting list').fill('2')
  await look(owen, 'referral-03-when')
  await owen.getByRole('button', { name: 'Tell the sender' }).click()
  await owen.getByText('number 2 in the waiting list').waitFor()
  await owen.getByText('They were not there').click()
  await owen.getByLabel('What happened, and what do you try next?').fill('Nobody opened; we ring tonight')
  await fillDay(owen, 'When do you try again?', 3)
  await owen.getByRole('button', { name: 'Keep it' }).click()
  await owen.getByText('Nobody opened; we ring tonight').waitFor()
  await owen.getByText('Accepted, not started').first().waitFor()
  await look(owen, 'referral-04-steps')
  const sunita = await as(world, 'Sunita Rao')
  await sunita.goto('/referrals')
  await sunita.getByText('New answer').first().waitFor()
  await sunita.getByRole('row', { name: /Withdrawn/ }).getByRole('link', { name: 'Amy Barlow' }).first().click()
  await sunita.getByText('Another service was able to sooner').first().waitFor()
  await look(sunita, 'referral-05-another-first')
})

test('what a service cannot do it passes on, once the family agrees', async () => {
  const owen = await as(world, 'Owen Pryce', { width: 360 })
  await openReferral(owen, SENT)
  await owen.getByText('Pass it on to another service').click()
  const offered = await owen.getByLabel('To which service?').getByRole('option').allTextContents()
  assert.ok(offered.includes('Talking Therapies') && !offered.includes('Lantern for Families'), 'none that nobody is told of')
  await owen.getByLabel('What should they know?').fill('Only evenings suit her')
  await owen.getByRole('button', { name: 'Pass it on' }).click()
  await owen.getByText('Say who of the family agrees').first().waitFor()
  await look(owen, 'referral-06-pass-on-phone')
  await owen.getByLabel('To which service?').selectOption({ label: 'Talking Therapies' })
  await owen.getByLabel('Who of the family agrees to it?').fill('Amy')
  await owen.getByRole('button', { name: 'Pass it on' }).click()
  await owen.getByText('Passed on to another service').first().waitFor()
  const sunita = await as(world, 'Sunita Rao')
  await openReferral(sunita, SENT)
  await sunita.getByRole('link', { name: 'See where it was passed on to' }).click()
  await sunita.getByText('Only evenings suit her').waitFor()
  await look(sunita, 'referral-07-passed-on')
})

test('whoever asked takes it back while nobody has begun, and says why', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await openReferral(sunita, SENT)
  await sunita.getByRole('link', { name: 'See where it was passed on to' }).click()
  await sunita.locator('summary', { hasText: 'Take it back' }).click()
  await sunita.getByLabel('Why, in a few words').fill('Her sister takes her to the club')
  await sunita.getByRole('button', { name: 'Take it back' }).click()
  await sunita.getByText('Withdrawn', { exact: true }).first().waitFor()
  await sunita.getByText('Her sister takes her to the club').first().waitFor()
  assert.equal(await sunita.getByRole('button', { name: 'Take it back' }).count(), 0)
  await look(sunita, 'referral-08-taken-back')
})
