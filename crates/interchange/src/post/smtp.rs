//! E-mail by SMTP (RFC 5321), with a way out that mail programs show (RFC 2369, RFC 8058).

use area::notices::Notices;
use frontline::notices::outgoing::{Became, Outgoing};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{SmtpTransport, Transport};
use std::error::Error;
use std::time::Duration;

const ANSWER_SECONDS: u64 = 20;

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
    domain: String,
}

macro_rules! header {
    ($(#[$doc:meta])* $name:ident, $written:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        struct $name(String);

        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($written)
            }
            fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
                Ok(Self(text.to_owned()))
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), self.0.clone())
            }
        }
    };
}

header!(
    /// Where the messages are stopped (RFC 2369).
    ListUnsubscribe,
    "List-Unsubscribe"
);
header!(
    /// That one press stops them (RFC 8058).
    ListUnsubscribePost,
    "List-Unsubscribe-Post"
);
header!(
    /// That no person wrote it, so that no machine answers it (RFC 3834).
    AutoSubmitted,
    "Auto-Submitted"
);

impl Smtp {
    /// Opens a mail server by its address; it is not connected to yet.
    ///
    /// # Errors
    /// What does not read, and what to do; the address holds a password and is not repeated.
    pub fn open(url: &str, notices: &Notices) -> Result<Self, String> {
        // A provider that was set before is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let from: Mailbox = notices
            .email_from
            .parse()
            .map_err(|_| "email_from in notices.toml is no e-mail address: write it as Name <name@example.org>".to_owned())?;
        let builder = SmtpTransport::from_url(url)
            .map_err(|_| "The mail server's address does not read: write it as smtps://user:password@host".to_owned())?;
        let transport = builder.timeout(Some(Duration::from_secs(ANSWER_SECONDS))).build();
        let domain = from.email.domain().to_owned();
        Ok(Self { transport, from, domain })
    }

    pub(super) fn send(&self, out: &Outgoing) -> Became {
        let Some(message) = self.message(out) else {
            return Became::Never("The e-mail address does not read".to_owned());
        };
        match self.transport.send(&message) {
            Ok(_) => Became::Sent(String::new()),
            // RFC 5321, 4.2.3: 550 to 553 are about the address; any other refusal may be of our password, or of today.
            Err(e) if e.status().is_some_and(|code| (550..=553).contains(&u16::from(code))) => {
                Became::Never("The mail server refused the e-mail address".to_owned())
            }
            Err(e) => {
                tracing::warn!(code = ?e.status(), timeout = e.is_timeout(), "the mail server took no message");
                Became::Later("The mail server could not take it".to_owned())
            }
        }
    }

    /// The same message each time it is tried: whoever gets it twice sees it once.
    fn message(&self, out: &Outgoing) -> Option<Message> {
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{}>", out.id, self.domain)))
            .from(self.from.clone())
            .to(Mailbox::new(None, out.to.trim().parse().ok()?))
            .subject(&out.subject)
            .header(AutoSubmitted("auto-generated".to_owned()));
        if let Some(stop) = &out.stop {
            message = message
                .header(ListUnsubscribe(format!("<{stop}>")))
                .header(ListUnsubscribePost("List-Unsubscribe=One-Click".to_owned()));
        }
        message.header(ContentType::TEXT_PLAIN).body(out.words.clone()).ok()
    }
}
