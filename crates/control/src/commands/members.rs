//! Members of an account, and their roles.

use serde_json::json;
use store::audit_log::Subject;
use store::members::{self, Member, Role};
use store::{AccountId, Tx, UserId};

use super::{CommandError, Commands, Note};

impl Commands<'_> {
    /// Gives a member another role. `by` is the role of whoever asks: only owners make and unmake owners.
    ///
    /// # Errors
    /// If there is no such member, or no owner would be left.
    pub(crate) async fn edit_member(
        &self,
        account_id: &AccountId,
        user_id: &UserId,
        role: Role,
        by: Role,
    ) -> Result<Member, CommandError> {
        let mut tx = self.begin_edit().await?;
        let before = members::get(self.db, account_id, user_id).await?;
        check_owners_are_made_by_owners(&before, role, by)?;
        if before.role == role {
            return Ok(before);
        }
        if role > before.role {
            self.require_active(&mut tx, account_id).await?;
        }
        let now_ms = self.clock.now_ms();
        members::update_role(&mut tx, account_id, user_id, (before.role, role), now_ms).await?;
        let note = Note {
            before: Some(json!({ "role": before.role.as_str() })),
            after: Some(json!({ "role": role.as_str() })),
            ..member_note(account_id, &before, "member.role_changed")
        };
        self.note(&mut tx, note).await?;
        require_an_owner(&mut tx, account_id).await?;
        self.commit(tx).await?;
        Ok(Member { role, ..before })
    }

    /// Takes a member out of an account. `by` is the role of whoever asks, `None` for the member themselves.
    ///
    /// # Errors
    /// If there is no such member, or no owner would be left.
    pub(crate) async fn remove_member(
        &self,
        account_id: &AccountId,
        user_id: &UserId,
        by: Option<Role>,
    ) -> Result<(), CommandError> {
        let before = members::get(self.db, account_id, user_id).await?;
        if let Some(by) = by {
            check_owners_are_made_by_owners(&before, before.role, by)?;
        }
        let mut tx = self.db.begin().await?;
        let now_ms = self.clock.now_ms();
        members::delete(&mut tx, account_id, user_id, before.role, now_ms).await?;
        let note = Note {
            before: Some(json!({ "role": before.role.as_str() })),
            ..member_note(account_id, &before, "member.removed")
        };
        self.note(&mut tx, note).await?;
        require_an_owner(&mut tx, account_id).await?;
        self.commit(tx).await
    }
}

fn check_owners_are_made_by_owners(
    member: &Member,
    role: Role,
    by: Role,
) -> Result<(), CommandError> {
    let concerns_owners = member.role == Role::Owner || role == Role::Owner;
    if concerns_owners && by < Role::Owner {
        return Err(CommandError::MissingRole(Role::Owner.as_str()));
    }
    Ok(())
}

/// After the entry in the audit log, which only one at a time can make.
async fn require_an_owner(tx: &mut Tx, account_id: &AccountId) -> Result<(), CommandError> {
    if members::count_owners_within(tx, account_id).await? > 0 {
        return Ok(());
    }
    let message = "This is the last owner of the account. Make somebody else an owner first.";
    Err(CommandError::conflict("last_owner", message))
}

fn member_note<'a>(account_id: &'a AccountId, member: &Member, action: &'static str) -> Note<'a> {
    Note {
        account_id: Some(account_id),
        action,
        subject: Subject {
            kind: "member",
            id: member.user_id.to_string(),
            label: member.email.clone(),
        },
        before: None,
        after: None,
    }
}
