// Times what many agencies ask of one system: the index, the story, the past, deciding to share. Release build, signed in, over loopback.
// Usage: node bench/sharing.js ENGINE RECORDS; prints one row of the table in docs/benchmarks.md for each task.
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argsFor, ask, binary, data, hidden, must, onceAfter, peopleIn, records, root, serve, signIn, table } from './program.js'

// The example area, with as many looks an hour as are timed.
const area = join(data, 'area')
cpSync(join(root, 'areas/example'), area, { recursive: true })
writeFileSync(join(area, 'index.toml'), readFileSync(join(area, 'index.toml'), 'utf8').replace(/looks_in_an_hour = \d+/, 'looks_in_an_hour = 60000'))
const args = argsFor(area)
const people = peopleIn(execFileSync(binary, [...args, 'demo', '--records', records, '--no-serve'], { encoding: 'utf8', maxBuffer: 1e9 }))
const program = await serve(args)
const { rows, measure } = table(people, program)

const sunita = await signIn('Sunita Rao'); const nadia = await signIn('Nadia Cole')
ask.cookie = sunita
const amy = /\/people\/([0-9a-f-]{36})\/contacts\/new/.exec((await ask('GET', '/search?q=amy+barlow+34&why=contact')).text)[1]
await measure('open the family page', 300, async () => must(await ask('GET', `/people/${amy}`), 200))

// The index: whom others know by a number.
const numbers = readFileSync(join(data, 'demo/extracts/gp.csv'), 'utf8').split('\n').slice(1, 4000).map((row) => row.split(',')).filter((row) => Number(row[5]?.slice(0, 4)) > 2010).map((row) => row[13])
const form = must(await ask('GET', '/index'), 200).text
const csrf = hidden(form, 'csrf'); const stem = hidden(form, 'once')
await measure('look somebody up in the index', 300, async (n) => {
  const body = new URLSearchParams({ csrf, once: onceAfter(stem, n), number: numbers[(n * 37) % numbers.length], why: 'worried', words: 'bench' }).toString()
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
const token = hidden(page, 'csrf'); const key = hidden(page, 'once')
for (let n = 0; n < 1000; n++) {
  const fields = { csrf: token, once: onceAfter(key, n), narrative: `Visited, and all is as it was: ${n}`, channel: 'visit', outcome: 'advice', standing: 'seen', 'happened-day': '1', 'happened-month': '11', 'happened-year': '2026' }
  must(await ask('POST', `/people/${amy}/contacts/new`, new URLSearchParams(fields).toString()), 303)
}
const story = must(await ask('GET', `/people/${amy}/story`), 200).text
await measure(`a story of ${story.split('tf-story__entry').length - 1} entries`, 60, async () => must(await ask('GET', `/people/${amy}/story`), 200))
await program.close()
console.log(rows.join('\n'))
