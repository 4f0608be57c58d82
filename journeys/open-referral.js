// What the Open Referral UK standard 3.0 asks of each address: which members there must be, and of what kind. Written here from the standard's
// own description of its objects (openreferraluk.org/developers/schemata). `check-open-referral` holds the addresses against the standard's files.
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const id = { type: 'string', format: 'uuid' }
const text = { type: 'string' }
const uri = { type: 'string', format: 'uri' }
const email = { type: 'string', format: 'email' }
const number = { type: 'number' }
const list = (items) => ({ type: 'array', items })
const object = (properties, required) => ({ type: 'object', properties, required })

const term = object({ id, name: text, description: text, parent_id: id, taxonomy: text, taxonomy_id: id, term_uri: uri, term: text }, ['id', 'name', 'description'])
const taxonomy = object({ id, name: text, description: text, uri, version: text }, ['id', 'name', 'description'])
const attribute = object({ id, link_id: id, taxonomy_term_id: id, link_type: text, taxonomy_term: term }, ['id'])
const kind = { enum: ['physical', 'postal', 'virtual'] }
const address = object({ id, attention: text, address_1: text, city: text, region: text, state_province: text, postal_code: text, country: text, address_type: kind },
  ['id', 'address_1', 'city', 'state_province', 'postal_code', 'country', 'address_type'])
const accessibility = object({ id, description: text, details: text, url: uri }, ['id'])
const place = { id, location_type: kind, name: text, description: text, latitude: number, longitude: number, external_identifier: text, external_identifier_type: text }
const location = object({ ...place, addresses: list(address), accessibility: list(accessibility) }, ['id', 'location_type'])
const schedule = object({ id, valid_from: text, valid_to: text, dtstart: text, freq: { enum: ['WEEKLY', 'MONTHLY'] }, interval: number, byday: text, bymonthday: text,
  description: text, opens_at: text, closes_at: text, schedule_link: uri, attending_type: text, notes: text }, ['id'])
const organization = object({ id, name: text, description: text, email, website: uri, logo: text, uri, parent_organization_id: id }, ['id', 'name', 'description'])
const one = { id, organization_id: id, name: text, description: text, url: uri, email, status: { enum: ['active', 'inactive', 'defunct', 'temporarily closed'] }, fees: text,
  accreditations: text, minimum_age: number, maximum_age: number, assured_date: text, assurer_email: email, alert: text,
  last_modified: { type: 'string', format: 'date-time' }, organization }
const atLocation = object({ id, service_id: id, location_id: id, location }, ['id'])
const service = object({ ...one, schedules: list(schedule), service_areas: list(object({ id, name: text, uri: text }, ['id'])), service_at_locations: list(atLocation),
  languages: list(object({ id }, ['id'])), funding: list(object({ id, source: text }, ['id'])),
  cost_options: list(object({ id, option: text, amount: number, amount_description: text }, ['id'])),
  contacts: list(object({ id, name: text, title: text }, ['id'])), attributes: list(attribute) }, ['id', 'name', 'status'])
const page = (items) => object({ total_items: { type: 'integer' }, total_pages: { type: 'integer' }, page_number: { type: 'integer' }, size: { type: 'integer' },
  first_page: { type: 'boolean' }, last_page: { type: 'boolean' }, empty: { type: 'boolean' }, contents: list(items) },
['total_items', 'total_pages', 'page_number', 'size', 'first_page', 'last_page', 'empty', 'contents'])
const service1 = object(one, ['id', 'name', 'status'])

const SCHEMAS = {
  '': object({ version: { const: 'HSDS-UK-3.0' }, profile: uri, openapi_url: uri }, ['version', 'profile', 'openapi_url']),
  services: page(service1),
  'services/': service,
  service_at_locations: page(object({ id, location: object(place, ['id', 'location_type']), service: service1 }, ['id', 'location', 'service'])),
  'service_at_locations/': object({ id, location, service }, ['id', 'location', 'service']),
  taxonomies: page(taxonomy),
  'taxonomies/': taxonomy,
  taxonomy_terms: page(term),
  'taxonomy_terms/': term
}

// Asks every address and everything that the lists lead to; returns what does not fit. `schemas` may be the standard's own, by the same names.
export async function faults (base, schemas = SCHEMAS) {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats(ajv)
  const found = []
  let asked = 0
  const ask = async (path, name) => {
    const answer = await fetch(`${base}/${path}`)
    const body = await answer.json()
    asked += 1
    const fits = ajv.compile(schemas[name])
    if (!fits(body)) found.push(`${path}: ${ajv.errorsText(fits.errors)}`)
    return body
  }
  await ask('', '')
  for (const name of ['services', 'service_at_locations', 'taxonomies', 'taxonomy_terms']) {
    for (let number = 1; ; number += 1) {
      const body = await ask(`${name}?page=${number}&per_page=5`, name)
      for (const one of body.contents) await ask(`${name}/${one.id}`, `${name}/`)
      if (body.last_page) break
    }
  }
  return { asked, found }
}
