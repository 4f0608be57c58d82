// Holds a running directory against the standard's own files: node check-open-referral.js http://localhost:8080/open-referral SCHEMA_FOLDER
// The folder is `schema` of https://github.com/OpenReferralUK/uk-profile, which is not copied here (CC BY-SA 4.0).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { faults } from './open-referral.js'

const [base, folder] = process.argv.slice(2)
// The files describe some members by words that are no JSON Schema: taken as text.
const known = (value) => JSON.parse(JSON.stringify(value, (key, inner) => key === 'type' && inner === 'time' ? 'string' : inner))
const read = (file) => known(JSON.parse(readFileSync(join(folder, file), 'utf8')))
const bundled = (schema) => JSON.parse(JSON.stringify(schema, (key, inner) => key === '$ref' || key === '$id' ? undefined : inner))
const page = (file) => ({ type: 'object', required: ['contents', 'total_items', 'total_pages', 'page_number', 'size', 'first_page', 'last_page', 'empty'], properties: { contents: { type: 'array', items: bundled(read(file)) } } })
const { asked, found } = await faults(base, {
  '': { type: 'object', required: ['version', 'profile', 'openapi_url'] },
  services: page('compiled/service_list.json'),
  'services/': bundled(read('compiled/service.json')),
  service_at_locations: page('compiled/service_at_location_list.json'),
  'service_at_locations/': bundled(read('compiled/service_at_location.json')),
  taxonomies: page('taxonomy.json'),
  'taxonomies/': bundled(read('taxonomy.json')),
  taxonomy_terms: page('taxonomy_term.json'),
  'taxonomy_terms/': bundled(read('taxonomy_term.json'))
})
console.log(`${asked} addresses were asked`)
found.forEach((fault) => console.error(fault))
process.exit(found.length === 0 ? 0 : 1)
