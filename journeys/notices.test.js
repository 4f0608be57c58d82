// News leaves the product, to a mail server in a real SMTP conversation: no names, no reasons, to a family only the way that they said is safe,
// with a way out; and somebody tells them where no message may.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { as, look, start } from './kit.js'
import { mailServer } from './mail.js'

let post, world
before(async () => {
  post = await mailServer()
  world = await start({ env: post.env })
})
after(async () => {
  await world.stop()
  await post.stop()
})

const messageTo = (address) => post.messageTo(address)

async function ask (page, service, need = 'parenting_support') {
  await page.goto('/')
  await page.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
  await page.goto(`${page.url().split('?')[0]}/support?need=${need}`)
  await page.getByRole('link', { name: service }).first().click()
  await page.getByLabel('In your words').fill('Tuesdays suit her best')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('heading', { level: 1, name: /for Amy Barlow/ }).waitFor()
  return page.url().split('?')[0]
}

const saysNothing = (text) => assert.doesNotMatch(text.replace(/^To: .*$/m, ''), /Amy|Barlow|parent|Tuesday|Sunita|Friends/i)

let referral

test('Sunita asks Amy which way is safe, and keeps what she says', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await sunita.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
  const amy = sunita.url().split('?')[0]
  await sunita.goto(`${amy}/details/email`)
  await sunita.locator('#words').fill('amy@barlow.example')
  await sunita.getByRole('button', { name: 'Save' }).click()
  await sunita.goto(amy)
  await sunita.getByRole('link', { name: 'Which way to reach them is safe?' }).click()
  await sunita.getByText('Nobody has asked them yet').waitFor()
  await look(sunita, 'notices-01-nobody-asked')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('Choose what is safe').first().waitFor()
  await sunita.getByLabel('E-mail to amy@barlow.example').check()
  await sunita.getByLabel('From', { exact: true }).selectOption('00:00')
  await sunita.getByLabel('until').selectOption('24:00')
  await sunita.getByLabel('What else they said').fill('Her mother reads the letters')
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('E-mail to amy@barlow.example is safe').waitFor()
  await look(sunita, 'notices-02-safe')
})

test('a service is told by e-mail that it is asked, and what it answers reaches who asked and Amy, and says nothing', async () => {
  const sunita = await as(world, 'Sunita Rao')
  referral = await ask(sunita, /Family Friends/)
  const asked = await messageTo('owen.pryce@openhand.example')
  saysNothing(asked)
  assert.match(asked, /\/referrals\/[0-9a-f-]{36}/)
  const owen = await as(world, 'Owen Pryce')
  await owen.goto(new URL(asked.match(/\/referrals\/[0-9a-f-]{36}/)[0], world.base).href)
  await owen.getByRole('button', { name: 'Accept: we will support them' }).click()
  await owen.getByText('Accepted, not started').first().waitFor()
  saysNothing(await messageTo('sunita.rao@calder.example'))
  const news = await messageTo('amy@barlow.example')
  saysNothing(news)
  assert.match(news, /List-Unsubscribe-Post: List-Unsubscribe=One-Click/)
  await sunita.goto(referral)
  await sunita.getByText('E-mail sent').waitFor()
  await look(sunita, 'notices-03-told')
  // Amy follows the way out, on a phone, without signing in.
  const context = await world.browser.newContext({ baseURL: world.base, viewport: { width: 360, height: 740 } })
  const amy = await context.newPage()
  amy.faults = []
  await amy.goto(news.match(/List-Unsubscribe: <https:\/\/[^/]+(\/stop\/\w+)>/)[1])
  await amy.getByRole('heading', { name: 'Do you want no more messages?' }).waitFor()
  await look(amy, 'notices-04-stop')
  await amy.getByRole('button', { name: 'No more messages' }).click()
  await amy.getByRole('heading', { name: 'You get no more messages' }).waitFor()
})

test('after that no message is sent: Sunita is to tell her, and says that she did', async () => {
  const owen = await as(world, 'Owen Pryce')
  await owen.goto(referral)
  await owen.getByText('Say when it starts').click()
  await owen.getByRole('group', { name: 'When does support start?' }).getByLabel('Year').fill('2030')
  await owen.getByRole('group', { name: 'When does support start?' }).getByLabel('Month').fill('1')
  await owen.getByRole('group', { name: 'When does support start?' }).getByLabel('Day').fill('7')
  await owen.getByRole('button', { name: 'Tell the sender' }).click()
  await owen.getByText('Starts on 7 January 2030').first().waitFor()
  await messageTo('sunita.rao@calder.example')
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: /^Tell Amy Barlow: Family Friends/ }).click()
  await sunita.getByText('Not told yet. Sunita Rao tells them by').waitFor()
  await look(sunita, 'notices-05-to-tell')
  const long = 'Rang her mother’s telephone. '.repeat(30)
  await sunita.getByLabel('How you told them').fill(long)
  await sunita.getByRole('button', { name: 'I have told them' }).click()
  await sunita.getByText('Error:').first().waitFor()
  assert.equal(await sunita.getByLabel('How you told them').inputValue(), long, 'nothing of it is lost')
  await look(sunita, 'notices-06-too-long')
  await sunita.getByLabel('How you told them').fill('Rang her mother’s telephone')
  await sunita.getByRole('button', { name: 'I have told them' }).click()
  await sunita.getByText('Told by Sunita Rao').waitFor()
  assert.equal(post.mail.filter((one) => one.to === 'amy@barlow.example').length, 0)
  await sunita.goto('/')
  assert.equal(await sunita.getByRole('link', { name: /^Tell Amy Barlow/ }).count(), 0)
})

test('whoever wants no e-mail gets none', async () => {
  const sunita = await as(world, 'Sunita Rao')
  await sunita.getByRole('link', { name: 'E-mail about news' }).click()
  await sunita.getByLabel('No: home tells me').check()
  await sunita.getByRole('button', { name: 'Keep it' }).click()
  await sunita.getByText('Kept.').waitFor()
  await look(sunita, 'notices-06-choice')
  const owen = await as(world, 'Owen Pryce')
  await owen.goto(referral)
  await owen.getByRole('button', { name: 'Start', exact: false }).first().click()
  await owen.getByText('Support has started').first().waitFor()
  // What is asked later is sent later: what was to be sent before has been.
  await ask(sunita, /Home and Money/, 'debt')
  await messageTo('owen.pryce@openhand.example')
  assert.equal(post.mail.filter((one) => one.to === 'sunita.rao@calder.example').length, 0)
})
