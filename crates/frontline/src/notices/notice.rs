//! What a notice is, and what somebody says is safe.

use crate::referrals::ReferralId;
use crate::referrals::referral::EventKind;
use access::PractitionerId;
use families::facts::FactId;
use families::people::PersonId;
use kernel::{Date, Timestamp, stored_words};

::store::record_id!(
    /// Somebody is told that there is news.
    NoticeId
);
::store::record_id!(
    /// What somebody said about messages.
    SafeContactId
);

stored_words! {
    /// Where a notice stands.
    State {
        /// To be sent.
        Waiting = "waiting",
        /// On its way out of the product.
        Sending = "sending",
        /// Whoever carries it has it.
        Sent = "sent",
        /// Whoever carries it says that it arrived.
        Delivered = "delivered",
        /// Somebody is to tell them.
        ToTell = "to_tell",
        /// Somebody told them.
        Told = "told",
        /// It could not be sent to a practitioner, who finds the news on their home page.
        Failed = "failed",
        /// Later news took its place.
        Replaced = "replaced",
    }
}

stored_words! {
    /// How somebody is told.
    Way {
        /// By e-mail.
        Email = "email",
        /// By a text message.
        Sms = "sms",
        /// By somebody who knows them.
        InPerson = "in_person",
    }
}

impl Way {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Email => "E-mail",
            Self::Sms => "Text message",
            Self::InPerson => "In person or by telephone",
        }
    }
}

stored_words! {
    /// What somebody said about messages.
    Safe {
        /// E-mail is safe.
        Email = "email",
        /// Text messages are safe.
        Sms = "sms",
        /// No message is safe, or wanted.
        None = "none",
        /// They followed the way out of a message.
        Stopped = "stopped",
    }
}

/// What happened, as far as whoever is told is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A service was asked, and somebody of it is to answer.
    Asked,
    /// A step was taken.
    Step(EventKind),
}

impl News {
    /// Returns the stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Step(kind) => kind.as_str(),
        }
    }
}

/// Who is told of a referral's news.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Whoever asked.
    Sender,
    /// Whoever answers for it at the service.
    Owner,
    /// Who leads for the family.
    Lead,
    /// The person it is for.
    Person,
}

/// Somebody of a family is told, or is to be told.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Which one.
    pub id: NoticeId,
    /// Of which referral.
    pub referral: ReferralId,
    /// Where it stands.
    pub state: State,
    /// How.
    pub way: Way,
    /// Who tells them where no message does.
    pub owner_id: PractitionerId,
    /// Their name.
    pub owner: String,
    /// The last day on which they are told in time.
    pub tell_by: Date,
    /// When there was news.
    pub made_at: Timestamp,
    /// Why no message reached them; empty when one did, or none was tried.
    pub problem: String,
    /// When it was sent, arrived or was told.
    pub done_at: Option<Timestamp>,
    /// Who told them.
    pub told_by: Option<String>,
    /// How, and what they said.
    pub told_words: String,
}

/// What somebody said about messages.
#[derive(Clone, Debug)]
pub struct SafeContact {
    /// Which one.
    pub id: SafeContactId,
    /// Whose.
    pub person: PersonId,
    /// What is safe.
    pub safe: Safe,
    /// The telephone number or address that it holds for.
    pub fact: Option<FactId>,
    /// From which hour of the day messages are safe.
    pub from_hour: u8,
    /// Until which hour.
    pub to_hour: u8,
    /// What else they said: who else reads it, what name to use.
    pub words: String,
    /// They are asked again then.
    pub ask_again_on: Date,
    /// Who asked them; nobody where they followed the way out, or whose service names itself to nobody.
    pub author: Option<String>,
    /// When.
    pub recorded_at: Timestamp,
    /// What the way out of a message is known by.
    pub stop_token: String,
}

/// What is to be kept of what somebody said.
#[derive(Clone, Debug)]
pub struct NewSafeContact {
    /// What is safe.
    pub safe: Safe,
    /// The telephone number or address.
    pub fact: Option<FactId>,
    /// From which hour.
    pub from_hour: u8,
    /// Until which hour.
    pub to_hour: u8,
    /// What else they said.
    pub words: String,
}
