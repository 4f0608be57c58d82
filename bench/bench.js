// Times the release build as people use it: signed in, over loopback, with the journal on.
// Usage: node bench/bench.js ENGINE RECORDS; prints one row of the table in docs/benchmarks.md for each task.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const binary = process.env.THINKFAMILY ?? join(root, 'target/release/thinkfamily')
const [engine = 'sqlite', records = '17500'] = process.argv.slice(2)
const data = mkdtempSync(join(tmpdir(), 'think-family-bench-'))
const port = 18080
const args = ['--data', data, '--area', join(root, 'areas/example')]
if (engine === 'postgres') {
  const server = process.env.TEST_POSTGRES_URL
  const name = `bench_${process.pid}`
  execFileSync('psql', ['-q', server, '-c', `CREATE DATABASE ${name} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`])
  args.push('--database', server.replace(/\/[^/]*$/, `/${name}`))
}
const TICKS = 100
const cpuOf = (pid) => { const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(fields[11]) + Number(fields[12])) / TICKS }
const rssOf = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

function ask (method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { cookie: ask.cookie ?? '' }
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded'
    const request = http.request({ port, method, path, headers, agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (words) => { text += words })
      answer.on('end', () => resolve({ status: answer.statusCode, text, headers: answer.headers }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const rows = []
function tell (task, times, cpu, rate) {
  times.sort((a, b) => a - b)
  const at = (p) => times[Math.min(times.length - 1, Math.floor(times.length * p))].toFixed(1)
  rows.push(`| ${engine} | ${people} | ${task} | ${at(0.5)} | ${at(0.99)} | ${rate ?? ''} | ${(cpu * 1000 / times.length).toFixed(2)} |`)
}

async function measure (task, count, once) {
  for (let n = 0; n < Math.min(20, count / 5); n++) await once(n)
  const times = []
  const before = cpuOf(program.pid)
  for (let n = 0; n < count; n++) {
    const start = performance.now()
    await once(n + 1000)
    times.push(performance.now() - start)
  }
  tell(task, times, cpuOf(program.pid) - before)
}

async function together (task, users, count, once) {
  const times = []
  const before = cpuOf(program.pid)
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
  tell(`${task}, ${users} users`, times, cpuOf(program.pid) - before, `${(count / seconds).toFixed(0)}/s`)
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
const people = [...loaded.said.matchAll(/(\d+) people who/g)].reduce((sum, m) => sum + Number(m[1]), 0)
rows.push(`| ${engine} | ${people} | load ${rowCount} rows of six extracts | | | ${(rowCount / loaded.seconds).toFixed(0)} rows a CPU second | peak ${loaded.memory.toFixed(0)} MB |`)

const begun = performance.now()
const program = spawn(binary, [...args, 'demo', '--port', String(port)], { stdio: ['ignore', 'ignore', 'inherit'] })
for (;;) {
  const up = await ask('GET', '/health').catch(() => null)
  if (up?.status === 204) break
}
rows.push(`| ${engine} | ${people} | start until the first answer | ${(performance.now() - begun).toFixed(0)} | | | |`)

const door = (await ask('GET', '/sign-in')).text
async function signIn (name) {
  const form = [...door.matchAll(/action="(\/sign-in\/as\/[^"]+)"[^<]*<button[^>]*>\s*([^<]+?)\s*</g)].find((m) => m[2] === name)
  const answer = await ask('POST', form[1], '')
  return /__Host-session=\w+/.exec(answer.headers['set-cookie'].join(';'))[0]
}
const helen = await signIn('Helen Marsh'); const owen = await signIn('Owen Pryce')
ask.cookie = helen
const found = await ask('GET', '/search?q=amy+barlow+34&why=contact')
const amy = /\/people\/([0-9a-f-]{36})\/contacts\/new/.exec(found.text)[1]
const hidden = (text, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)[1]
const post = async (from, to, fields) => {
  const page = (await ask('GET', from)).text
  const body = new URLSearchParams({ csrf: hidden(page, 'csrf'), once: hidden(page, 'once'), ...fields }).toString()
  return { to, body }
}
const asked = await post(`/people/${amy}`, `/people/${amy}/ask`, { why: 'contact', words: 'bench' })
await ask('POST', asked.to, asked.body)

const names = readFileSync(join(data, 'demo/extracts/gp.csv'), 'utf8').split('\n').slice(1, 4000).map((row) => row.split(','))
const query = (n) => { const row = names[(n * 37) % (names.length - 1)]; return n % 3 === 0 ? `${row[2]} ${row[4]} ${row[5]}` : n % 3 === 1 ? row[13] : `${row[4]} ${row[2].slice(0, 3)}` }
const must = (answer, status) => { if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text.slice(0, 300)}`) }

await measure('open the family page', 400, async () => must(await ask('GET', `/people/${amy}`), 200))
await measure('search', 400, async (n) => must(await ask('GET', `/search?why=contact&q=${encodeURIComponent(query(n))}`), 200))
const first = (await ask('GET', `/people/${amy}/contacts/new`)).text
const csrf = hidden(first, 'csrf'); const stem = hidden(first, 'once').slice(0, 24)
const contact = (n) => new URLSearchParams({ csrf, once: stem + (n + Date.now() % 1e9 * 1e3).toString(16).padStart(12, '0').slice(-12), narrative: `Note ${n}`, channel: 'visit', outcome: 'advice', standing: 'seen', 'happened-day': '1', 'happened-month': '11', 'happened-year': '2026' }).toString()
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
const times = []; const before = cpuOf(program.pid)
for (const { id, body } of answers) {
  const start = performance.now()
  must(await ask('POST', `/referrals/${id}/accept`, body), 303)
  times.push(performance.now() - start)
}
tell('accept a referral', times, cpuOf(program.pid) - before)
ask.cookie = helen
await together('open the family page', 32, 3000, async () => must(await ask('GET', `/people/${amy}`), 200))
await together('search', 32, 2000, async (n) => must(await ask('GET', `/search?why=contact&q=${encodeURIComponent(query(n))}`), 200))
await together('record a contact', 32, 1000, async (n) => must(await ask('POST', `/people/${somebody}/contacts/new`, contact(n + 100000)), 303))
rows.push(`| ${engine} | ${people} | memory of the program after all of this | | | | ${rssOf(program.pid).toFixed(0)} MB |`)
program.kill('SIGKILL')
agent.destroy()
rmSync(data, { recursive: true, force: true })
console.log(rows.join('\n'))
