// The ten commonest tasks, counted: how many seconds they take somebody who knows the product. What is written down in tasks.json only goes down.
// `make bench-tasks` prints the table; `TASKS_WRITE=1` writes down what has become less.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { as, root, start } from './kit.js'
import { Hands } from './klm.js'

const file = join(root, 'journeys/tasks.json')
const written = JSON.parse(readFileSync(file, 'utf8'))
const found = {}
let world
before(async () => { world = await start() })
after(async () => {
  await world.stop()
  const rows = Object.entries(found).map(([task, hands]) => {
    const { K, P, B, H, M } = hands.counts
    return `| ${task} | ${hands.seconds.toFixed(1)} | ${written[task] ?? ''} | ${K} | ${P} | ${B} | ${H} | ${M} |`
  })
  console.log(['| task | seconds | written down | keys | points | presses | hand moves | decisions |', '| --- | --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n'))
  if (process.env.TASKS_WRITE) {
    const less = Object.entries(found).map(([task, hands]) => [task, Math.min(Number(hands.seconds.toFixed(1)), written[task] ?? Infinity)])
    writeFileSync(file, JSON.stringify({ ...written, ...Object.fromEntries(less) }, null, 2) + '\n')
  }
})

// Does a task as somebody, from the home page on, and holds it to what is written down.
async function task (name, who, steps) {
  const page = await as(world, who)
  await page.goto('/')
  const hands = new Hands(page)
  await steps(page, hands)
  found[name] = hands
  const most = written[name]
  if (!process.env.TASKS_WRITE) assert.ok(most !== undefined, `${name} is not written down`)
  if (most !== undefined) assert.ok(hands.seconds <= most + 0.05, `${name} takes ${hands.seconds.toFixed(1)} seconds, and took ${most}`)
  return hands
}

const button = (page, name) => page.getByRole('button', { name, exact: true })
const link = (page, name) => page.getByRole('link', { name, exact: true }).first()

test('a visit is written down in under thirty seconds', async () => {
  const hands = await task('Write down a visit', 'Sunita Rao', async (page, hands) => {
    await hands.key('n')
    await hands.type(page.getByLabel('Note a visit or a call'), 'saw Josh and Mia Barlow')
    await hands.send()
    await page.getByText('This is what your note seems to say').waitFor()
    await hands.send()
    await page.getByText('Josh Barlow: seen').waitFor()
  })
  assert.ok(hands.seconds < 30)
})

test('a door that stayed shut is written down, and the next try is planned', async () => {
  await task('Write down a try', 'Sunita Rao', async (page, hands) => {
    await hands.key('n')
    await hands.type(page.getByLabel('Note a visit or a call'), 'Rang Amy Barlow, no answer')
    await hands.send()
    await page.getByText('This is what your note seems to say').waitFor()
    await hands.send()
    await page.getByText('Nobody there, or no answer').first().waitFor()
  })
})

test('somebody is found, and a contact with them recorded', async () => {
  await task('Find somebody', 'Helen Marsh', async (page, hands) => {
    await hands.key('/')
    const box = page.getByLabel('Name, date of birth')
    await hands.type(box, 'barlow amy 34')
    await hands.tab()
    await hands.letter(page.getByLabel('Why are you looking?'), 'contact')
    await hands.send()
    await page.getByRole('link', { name: 'Amy Barlow', exact: true }).first().waitFor()
  })
  await task('Record a contact', 'Sunita Rao', async (page, hands) => {
    await hands.press(link(page, 'Amy Barlow'))
    await page.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
    await hands.key('c')
    await hands.type(page.getByLabel('What was seen or said?'), 'She asked about a move')
    await hands.send()
    await page.getByText('The contact is saved').waitFor()
  })
})

test('a service is asked for support, and accepts', async () => {
  await task('Ask a service for support', 'Sunita Rao', async (page, hands) => {
    await hands.press(link(page, 'Amy Barlow'))
    await hands.press(button(page, 'Ask for support'))
    await hands.choose(page.getByLabel('What do they need support with?'), await page.locator('#need option[value=rent_arrears]').innerText())
    await hands.press(button(page, 'Show services'))
    await hands.press(page.getByRole('link', { name: 'Home and Money' }))
    await hands.type(page.getByLabel('In your words'), 'Three months behind')
    await hands.press(button(page, 'Send'))
    await page.getByText('Sent. Home and Money answers by').waitFor()
  })
  await task('Accept a referral', 'Grace Okafor', async (page, hands) => {
    await hands.press(page.getByRole('link', { name: /Home and Money for Amy Barlow/ }).first())
    await hands.press(page.getByRole('button', { name: /Accept/ }).first())
    await page.getByText('Accepted').first().waitFor()
  })
})

test('the plan is written in, and the next step set', async () => {
  await task('Write an action in the plan', 'Sunita Rao', async (page, hands) => {
    await hands.press(link(page, 'Amy Barlow'))
    await page.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
    await hands.key('p')
    const begin = page.getByRole('button', { name: 'Begin the plan' })
    await page.getByRole('heading', { level: 1, name: 'The Barlow family: the plan' }).waitFor()
    if (await begin.count()) await begin.click()
    await page.getByText('Looked at together again by').waitFor()
    await hands.key('a')
    await hands.type(page.getByLabel('What will be done?'), 'Football on Saturdays')
    await hands.send()
    await page.getByRole('link', { name: 'Football on Saturdays' }).first().waitFor()
  })
  await task('Set the next step', 'Sunita Rao', async (page, hands) => {
    await hands.press(link(page, 'Amy Barlow'))
    await page.getByRole('heading', { level: 1, name: 'Amy Barlow' }).waitFor()
    await hands.key('n')
    await hands.type(page.getByLabel('What comes next'), 'Ring the school')
    await hands.send()
    await page.getByText('Ring the school').first().waitFor()
  })
})

test('a visit is planned, and a meeting written down', async () => {
  await task('Plan a visit', 'Sunita Rao', async (page, hands) => {
    await hands.press(link(page, 'Amy Barlow'))
    await hands.press(button(page, 'Plan a visit'))
    await hands.press(page.getByRole('button', { name: /Plan|Save/ }).last())
    await page.getByText('Planned').first().waitFor()
  })
  const setup = await as(world, 'Sunita Rao')
  await setup.goto('/')
  await setup.getByRole('link', { name: 'Amy Barlow', exact: true }).first().click()
  await setup.getByRole('link', { name: 'The Barlow family: the plan' }).click()
  await setup.getByRole('button', { name: 'Meetings' }).click()
  const today = new Date()
  for (const [part, value] of [['day', today.getDate()], ['month', today.getMonth() + 1], ['year', today.getFullYear()]]) await setup.locator(`#next-${part}`).fill(String(value))
  await setup.getByRole('button', { name: 'Arrange the meeting' }).click()
  await setup.getByText('convenes it').waitFor()
  const hands = await task('Write a meeting down', 'Sunita Rao', async (page, hands) => {
    await hands.press(page.getByRole('link', { name: 'The Barlow family: write the meeting down' }))
    await hands.press(button(page, 'Write the meeting down'))
    await hands.press(page.getByRole('checkbox', { name: 'Amy Barlow' }))
    await hands.press(page.getByRole('checkbox', { name: 'Josh Barlow' }))
    await hands.type(page.getByLabel('What was said?'), 'Amy is proud of Josh, who scored twice. The rent is paid until March; she would move nearer to Kay then.')
    await hands.press(page.getByRole('radio', { name: 'Done' }).first())
    await hands.type(page.getByLabel('How it went, or why not').first(), 'He scored twice')
    await hands.type(page.getByLabel('What will be done?').first(), 'Look at the flat in Otley')
    await hands.choose(page.getByLabel('Who does it?').first(), "Sunita Rao, Children's and Adults' Social Care")
    await hands.send()
    await page.getByText('They met', { exact: true }).waitFor()
  })
  assert.ok(hands.seconds < 300, 'a meeting is written down in five minutes')
})
