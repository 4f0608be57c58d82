//! Carrying messages out of the product: e-mail by SMTP, e-mail and text messages by GOV.UK Notify.
//!
//! Read in this order: [`run`] (one round of sending and asking), [`smtp`], [`notify`], `tests`.
//!
//! Invariant: what a carrier answers is said in our own words: its own may repeat an address that a shield keeps.

pub mod notify;
pub mod run;
pub mod smtp;
#[cfg(test)]
mod tests;

use area::notices::Notices;
use axum::http::Uri;
use frontline::notices::notice::Way;
use frontline::notices::outgoing::{Became, Outgoing, Unsure};
use kernel::Timestamp;
use notify::Notify;
use smtp::Smtp;

/// How messages leave.
#[derive(Clone, Debug, Default)]
pub struct Post {
    smtp: Option<Smtp>,
    notify: Option<Notify>,
}

/// Returns whether what is sent to an address is encrypted, or stays on this machine; one that does not read is said to be where it is opened.
fn is_guarded(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return true };
    let is_here = matches!(uri.host(), None | Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_encrypted = matches!(uri.scheme_str(), Some("smtps" | "https"));
    is_here || is_encrypted || uri.query().is_some_and(|query| query.split('&').any(|part| part == "tls=required"))
}

/// Where carriers are, and what opens them: for whoever runs the program.
#[derive(Clone, Debug, Default)]
pub struct Carriers {
    /// `smtps://user:password@host`, or `smtp://host:port`; nothing where no mail server is used.
    pub smtp: Option<String>,
    /// The key of GOV.UK Notify; nothing where it is not used.
    pub notify_key: Option<String>,
    /// Where GOV.UK Notify is.
    pub notify_url: String,
}

impl Post {
    /// Opens the carriers that are given; none is connected to yet.
    ///
    /// # Errors
    /// What does not read, and what to do.
    pub fn open(carriers: &Carriers, notices: &Notices) -> Result<Self, String> {
        // Where somebody is written to is itself what a shield keeps: it crosses no network in the open.
        let opened = [carriers.smtp.as_deref(), carriers.notify_key.as_ref().map(|_| carriers.notify_url.as_str())];
        if opened.into_iter().flatten().any(|address| !is_guarded(address)) {
            return Err("Messages would leave in the open: use smtps:// or https://, or add ?tls=required to smtp://".to_owned());
        }
        let smtp = carriers.smtp.as_deref().map(|url| Smtp::open(url, notices)).transpose()?;
        let notify = carriers.notify_key.as_deref().map(|key| Notify::open(key, &carriers.notify_url, notices)).transpose()?;
        Ok(Self { smtp, notify })
    }

    /// Sends a message and waits until its carrier has it; what became of it is for whoever looks after it.
    pub fn carry(&self, out: &Outgoing, now: Timestamp) -> Became {
        let notify = self.notify.as_ref().filter(|notify| notify.carries(out.way));
        match (out.way, &self.smtp, notify) {
            (Way::Email, Some(smtp), _) => smtp.send(out),
            (Way::Email | Way::Sms, _, Some(notify)) => notify.send(out, now),
            (Way::Email, None, None) => Became::Never("No e-mail can be sent from here".to_owned()),
            (Way::Sms | Way::InPerson, ..) => Became::Never("No text messages can be sent from here".to_owned()),
        }
    }

    /// Asks the carrier of a message that has left whether it arrived; nothing where it does not know yet.
    pub fn ask(&self, one: &Unsure, now: Timestamp) -> Option<Became> {
        self.notify.as_ref()?.ask(&one.outside_id, now)
    }
}
