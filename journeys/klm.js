import assert from 'node:assert/strict'

// The keystroke-level model (Card, Moran and Newell, 1980): what a practised person's hands and head need for a task, without the machine's own
// time. Each thing done on the page is done in the browser and counted, so a step that the page does not need is a step that is not counted.

// Seconds: a keystroke of an average typist, pointing at something, a press of the button, moving a hand, making up one's mind.
export const OPERATORS = { K: 0.2, P: 1.1, B: 0.1, H: 0.4, M: 1.35 }

export class Hands {
  constructor (page) {
    this.page = page
    this.counts = { K: 0, P: 0, B: 0, H: 0, M: 0 }
    this.on = 'mouse'
  }

  count (operators) {
    for (const operator of operators) this.counts[operator] += 1
  }

  move (to) {
    if (this.on !== to) this.count('H')
    this.on = to
  }

  get seconds () {
    return Object.entries(this.counts).reduce((sum, [operator, times]) => sum + OPERATORS[operator] * times, 0)
  }

  // Somebody decides, points at something and presses.
  async press (locator) {
    this.move('mouse')
    this.count('MPB')
    await locator.click()
  }

  // Somebody types into a box: the one that the page has put the cursor in, or one that they point at first.
  async type (locator, words) {
    const isThere = await locator.evaluate((box) => box === document.activeElement)
    if (!isThere) {
      this.move('mouse')
      this.count('PB')
    }
    this.move('keyboard')
    this.count('M')
    for (const _ of words) this.count('K')
    await locator.fill(words)
  }

  // Control and Enter send the form that is typed in, or the only one there is.
  async send () {
    this.move('keyboard')
    this.count('MKK')
    await this.page.waitForLoadState('load')
    await this.page.keyboard.press('Control+Enter')
  }

  // On to the next box.
  async tab () {
    this.move('keyboard')
    this.count('K')
    await this.page.keyboard.press('Tab')
  }

  // Choosing in the list that one has come to, by its first letter.
  async letter (locator, value) {
    this.move('keyboard')
    this.count('MK')
    assert.ok(await locator.evaluate((list) => list === document.activeElement), 'the list is where the tab key leads')
    await locator.selectOption(value)
  }

  // A key of its own that the page listens to.
  async key (key) {
    this.move('keyboard')
    this.count('MK')
    await this.page.waitForLoadState('load')
    await this.page.keyboard.press(key)
  }

  // Opening a list and pointing at what is in it.
  async choose (locator, label) {
    this.move('mouse')
    this.count('MPBPB')
    await locator.selectOption({ label })
  }
}
