// Times the release build as people use it: signed in, over loopback, with the journal on.
// Usage: node bench/bench.js ENGINE RECORDS; prints one row of the table in docs/benchmarks.md for each task.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { argsFor, ask, binary, data, engine, hidden, must, onceAfter, peopleIn, records, root, serve, signIn, table } from './program.js'

const args = argsFor(join(root, 'areas/example'))

async function together (task, users, count, once) {
  const times = []
  const before = program.cpu()
  const start = performance.now()
  let left = count
  await Promise.all(Array.from({ length: users }, async () => {
    while (left-- > 0) {
      const begun = performance.now()
      await once(left)
      times.push(performance.now() - begun)
    }
  }))
  const seconds = (performance.now() - start) / 1000
  tell(`${task}, ${users} users`, times, program.cpu() - before, `${(count / seconds).toFixed(0)}/s`)
}

async function cpuOfRun (more) {
  const before = process.resourceUsage()
  const child = spawn('/usr/bin/time', ['-f', '%U %S %M', binary, ...args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''; let counted = ''
  child.stdout.on('data', (words) => { said += words })
  child.stderr.on('data', (words) => { counted += words })
  await new Promise((resolve) => child.on('exit', resolve))
  const [user, system, memory] = counted.trim().split('\n').at(-1).split(' ').map(Number)
  return { said, seconds: user + system, memory: memory / 1024, before }
}

const loaded = await cpuOfRun(['demo', '--records', records, '--no-serve'])
const rowCount = [...loaded.said.matchAll(/(\d+) records/g)].reduce((sum, m) => sum + Number(m[1]), 0)
const people = peopleIn(loaded.said)

const begun = performance.now()
const program = await serve(args)
const started = performance.now() - begun
const { rows, tell, measure } = table(people, program)
rows.push(`| ${engine} | ${people} | load ${rowCount} rows of six extracts | | | ${(rowCount / loaded.seconds).toFixed(0)} rows a CPU second | peak ${loaded.memory.toFixed(0)} MB |`)
rows.push(`| ${engine} | ${people} | start until the first answer | ${started.toFixed(0)} | | | |`)

const helen = await signIn('Helen Marsh'); const owen = await signIn('Owen Pryce')
ask.cookie = helen
const found = await ask('GET', '/search?q=amy+barlow+34&why=contact')
const amy = /\/people\/([0-9a-f-]{36})\/contacts\/new/.exec(found.text)[1]
const post = async (from, to, fields) => {
  const page = (await ask('GET', from)).text
  const body = new URLSearchParams({ csrf: hidden(page, 'csrf'), once: hidden(page, 'once'), ...fields }).toString()
  return { to, body }
}
const asked = await post(`/people/${amy}`, `/people/${amy}/ask`, { why: 'contact', words: 'bench' })
await ask('POST', asked.to, asked.body)

const names = readFileSync(join(data, 'demo/extracts/gp.csv'), 'utf8').split('\n').slice(1, 4000).map((row) => row.split(','))
const query = (n) => { const row = names[(n * 37) % (names.length - 1)]; return n % 3 === 0 ? `${row[2]} ${row[4]} ${row[5]}` : n % 3 === 1 ? row[13] : `${row[4]} ${row[2].slice(0, 3)}` }
await measure('open the family page', 400, async () => must(await ask('GET', `/people/${amy}`), 200))
await measure('search', 400, async (n) => must(await ask('GET', `/search?why=contact&q=${encodeURIComponent(query(n))}`), 200))
const first = (await ask('GET', `/people/${amy}/contacts/new`)).text
const csrf = hidden(first, 'csrf'); const stem = hidden(first, 'once')
const contact = (n) => new URLSearchParams({ csrf, once: onceAfter(stem, n), narrative: `Note ${n}`, channel: 'visit', outcome: 'advice', standing: 'seen', 'happened-day': '1', 'happened-month': '11', 'happened-year': '2026' }).toString()
// New people, so that the family page above does not grow with what is written here.
async function somebodyNew (n) {
  const page = (await ask('GET', '/people/new')).text
  const fields = { csrf, once: hidden(page, 'once'), forenames: 'Bench', surname: `Q${process.pid}n${n}`, sure: 'yes' }
  const made = await ask('POST', '/people/new', new URLSearchParams(fields).toString())
  return /people\/([0-9a-f-]{36})/.exec(made.headers.location)[1]
}
const somebody = await somebodyNew(0)
await measure('record a contact', 200, async (n) => must(await ask('POST', `/people/${somebody}/contacts/new`, contact(n)), 303))
const sent = []
for (let n = 0; n < 60; n++) {
  const whom = await somebodyNew(n + 1)
  const fields = await post(`/people/${whom}/support/tenancy_support?need=rent_arrears`, `/people/${whom}/support/tenancy_support`, { need: 'rent_arrears', words: 'bench' })
  sent.push(/referrals\/([0-9a-f-]{36})/.exec((await ask('POST', fields.to, fields.body)).headers.location)[1])
}
ask.cookie = owen
const answers = []
for (const id of sent) {
  const page = (await ask('GET', `/referrals/${id}`)).text
  answers.push({ id, body: new URLSearchParams({ csrf: hidden(page, 'csrf'), once: hidden(page, 'once'), version: '1' }).toString() })
}
const times = []; const before = program.cpu()
for (const { id, body } of answers) {
  const start = performance.now()
  must(await ask('POST', `/referrals/${id}/accept`, body), 303)
  times.push(performance.now() - start)
}
tell('accept a referral', times, program.cpu() - before)
ask.cookie = helen
await together('open the family page', 32, 3000, async () => must(await ask('GET', `/people/${amy}`), 200))
await together('search', 32, 2000, async (n) => must(await ask('GET', `/search?why=contact&q=${encodeURIComponent(query(n))}`), 200))
await together('record a contact', 32, 1000, async (n) => must(await ask('POST', `/people/${somebody}/contacts/new`, contact(n + 100000)), 303))
rows.push(`| ${engine} | ${people} | memory of the program after all of this | | | | ${program.memory().toFixed(0)} MB |`)
await program.close()
console.log(rows.join('\n'))
