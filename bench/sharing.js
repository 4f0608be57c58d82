// Times what many agencies ask of one system: the index, the story, the past, deciding to share. Release build, signed in, over loopback.
// Usage: node bench/sharing.js ENGINE RECORDS; prints one row of the table in docs/benchmarks.md for each task.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const binary = process.env.THINKFAMILY ?? join(root, 'target/release/thinkfamily')
const [engine = 'sqlite', records = '17500'] = process.argv.slice(2)
const data = mkdtempSync(join(tmpdir(), 'think-family-bench-'))
const port = 18081
// The example area, with as many looks an hour as are timed.
const area = join(data, 'area')
cpSync(join(root, 'areas/example'), area, { recursive: true })
writeFileSync(join(area, 'index.toml'), readFileSync(join(area, 'index.toml'), 'utf8').replace(/looks_in_an_hour = \d+/, 'looks_in_an_hour = 60000'))
const args = ['--data', data, '--area', area]
if (engine === 'postgres') {
  const server = process.env.TEST_POSTGRES_URL
  const name = `bench_${process.pid}`
  execFileSync('psql', ['-q', server, '-c', `CREATE DATABASE ${name} TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`])
  args.push('--database', server.replace(/\/[^/]*$/, `/${name}`))
}
const cpuOf = (pid) => { const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return (Number(fields[11]) + Number(fields[12])) / 100 }
const agent = new http.Agent({ keepAlive: true })
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
const must = (answer, status) => { if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text.slice(0, 400)}`); return answer }
const hidden = (text, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)[1]
async function send (from, to, fields, status = 303) {
  const page = must(await ask('GET', from), 200).text
  const body = new URLSearchParams({ csrf: hidden(page, 'csrf'), once: hidden(page, 'once'), ...fields }).toString()
  return must(await ask('POST', to, body), status)
}

const said = execFileSync(binary, [...args, 'demo', '--records', records, '--no-serve'], { encoding: 'utf8', maxBuffer: 1e9 })
const people = [...said.matchAll(/(\d+) people who/g)].reduce((sum, m) => sum + Number(m[1]), 0)
const program = spawn(binary, [...args, 'demo', '--port', String(port)], { stdio: ['ignore', 'ignore', 'inherit'] })
for (;;) {
  const up = await ask('GET', '/health').catch(() => null)
  if (up?.status === 204) break
}
const door = (await ask('GET', '/sign-in')).text
async function signIn (name) {
  const form = [...door.matchAll(/action="(\/sign-in\/as\/[^"]+)"[^<]*<button[^>]*>\s*([^<]+?)\s*</g)].find((m) => m[2] === name)
  return /__Host-session=\w+/.exec((await ask('POST', form[1], '')).headers['set-cookie'].join(';'))[0]
}
const rows = []
async function measure (task, count, once) {
  for (let n = 0; n < Math.min(20, count / 5); n++) await once(n)
  const times = []
  const before = cpuOf(program.pid)
  for (let n = 0; n < count; n++) {
    const start = performance.now()
    await once(n + 1000)
    times.push(performance.now() - start)
  }
  const cpu = (cpuOf(program.pid) - before) * 1000 / count
  times.sort((a, b) => a - b)
  const at = (p) => times[Math.min(times.length - 1, Math.floor(times.length * p))].toFixed(1)
  rows.push(`| ${engine} | ${people} | ${task} | ${at(0.5)} | ${at(0.99)} | | ${cpu.toFixed(2)} |`)
}

const sunita = await signIn('Sunita Rao'); const nadia = await signIn('Nadia Cole')
ask.cookie = sunita
const amy = /\/people\/([0-9a-f-]{36})\/contacts\/new/.exec((await ask('GET', '/search?q=amy+barlow+34&why=contact')).text)[1]
await measure('open the family page', 300, async () => must(await ask('GET', `/people/${amy}`), 200))

// The index: whom others know by a number.
const numbers = readFileSync(join(data, 'demo/extracts/gp.csv'), 'utf8').split('\n').slice(1, 4000).map((row) => row.split(',')).filter((row) => Number(row[5]?.slice(0, 4)) > 2010).map((row) => row[13])
const form = must(await ask('GET', '/index'), 200).text
const csrf = hidden(form, 'csrf'); const stem = hidden(form, 'once').slice(0, 24)
await measure('look somebody up in the index', 300, async (n) => {
  const once = stem + (n + Date.now() % 1e9 * 1e3).toString(16).padStart(12, '0').slice(-12)
  const body = new URLSearchParams({ csrf, once, number: numbers[(n * 37) % numbers.length], why: 'worried', words: 'bench' }).toString()
  must(await ask('POST', '/index', body), 303)
})

// The past, beside the same page now.
const now = new Date()
const then = `agency=social&on-day=${now.getDate()}&on-month=${now.getMonth() + 1}&on-year=${now.getFullYear()}&why=bench`
ask.cookie = nadia
await measure('the same page as it was known', 300, async () => must(await ask('GET', `/people/${amy}/as-known?${then}`), 200))

// Deciding to share: each step of the path.
ask.cookie = sunita
for (const step of ['danger', 'purpose', 'duty', 'harm', 'items']) {
  await measure(`deciding to share: ${step}`, 100, async () => { const answer = await ask('GET', `/people/${amy}/share/${step}`); if (answer.status >= 400) throw new Error(`${step} ${answer.status}`) })
}

// A story of 2,000 entries.
const page = must(await ask('GET', `/people/${amy}/contacts/new`), 200).text
const token = hidden(page, 'csrf'); const key = hidden(page, 'once').slice(0, 24)
for (let n = 0; n < 1000; n++) {
  const once = key + (n + 1e6).toString(16).padStart(12, '0')
  const fields = { csrf: token, once, narrative: `Visited, and all is as it was: ${n}`, channel: 'visit', outcome: 'advice', standing: 'seen', 'happened-day': '1', 'happened-month': '11', 'happened-year': '2026' }
  must(await ask('POST', `/people/${amy}/contacts/new`, new URLSearchParams(fields).toString()), 303)
}
const story = must(await ask('GET', `/people/${amy}/story`), 200).text
await measure(`a story of ${story.split('tf-story__entry').length - 1} entries`, 60, async () => must(await ask('GET', `/people/${amy}/story`), 200))
program.kill('SIGKILL')
agent.destroy()
rmSync(data, { recursive: true, force: true })
console.log(rows.join('\n'))
