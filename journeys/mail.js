// A mail server for journeys, in a real SMTP conversation; what it is sent is looked at message by message.
import { SMTPServer } from 'smtp-server'

export async function mailServer () {
  const mail = []
  let heard = () => {}
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData (stream, session, done) {
      let text = ''
      stream.on('data', (some) => { text += some })
      stream.on('end', () => { mail.push({ to: session.envelope.rcptTo[0].address, text: text.replaceAll('=\r\n', '') }); done(); heard() })
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Waits until there is a message to somebody that has not been looked at.
  const messageTo = async (address) => {
    for (;;) {
      const at = mail.findIndex((one) => one.to === address)
      if (at >= 0) return mail.splice(at, 1)[0].text
      await new Promise((resolve) => { heard = resolve })
    }
  }
  const env = { THINKFAMILY_SMTP: `smtp://127.0.0.1:${server.server.address().port}` }
  return { mail, messageTo, env, stop: () => new Promise((resolve) => server.close(resolve)) }
}
