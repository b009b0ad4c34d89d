//! Mails in words, in the languages of the Dashboard.

use super::key_words::{done, seen};
use super::language::MailLanguage;
use super::notice_words;
use super::topic::{NoticeText, Topic, untrusted};

pub(super) struct MailText {
    pub(super) subject: &'static str,
    pub(super) paragraphs: Vec<String>,
    pub(super) end: &'static str,
}

pub(super) fn message_of(topic: &Topic, language: MailLanguage) -> MailText {
    match language {
        MailLanguage::English => english(topic),
        MailLanguage::Simplified => simplified(topic),
        MailLanguage::Traditional => traditional(topic),
    }
}

fn message<const N: usize>(
    subject: &'static str,
    paragraphs: [String; N],
    end: &'static str,
) -> MailText {
    MailText {
        subject,
        paragraphs: paragraphs.into(),
        end,
    }
}

fn of_notice(notice: &NoticeText, language: MailLanguage) -> MailText {
    let (subject, paragraphs, end) = notice_words::text(notice, language);
    MailText {
        subject,
        paragraphs,
        end,
    }
}

fn english(topic: &Topic) -> MailText {
    const IGNORE: &str = "If you did not request this, you can ignore this email.";
    const ALARM: &str = "If this was not you, change your password and end your other sessions under Settings > Security.";
    match topic {
        Topic::ConfirmAddress { .. } => message(
            "Confirm your e-mail address for Yunxin",
            ["Open this link to finish signing up. It works once, within a day.".to_owned()],
            IGNORE,
        ),
        Topic::AddressIsTaken { .. } => message(
            "You already have a Yunxin user",
            ["Someone, probably you, tried to sign up with this email address, but it already has a user. Sign in instead. If you forgot your password, open this link to choose a new one.".to_owned()],
            IGNORE,
        ),
        Topic::ResetPassword { .. } => message(
            "Choose a new password for Yunxin",
            ["Open this link to choose a new password. It works once, within an hour.".to_owned()],
            IGNORE,
        ),
        Topic::Invite { account, invited_by, .. } => message(
            "You are invited to an account on Yunxin",
            [
                format!("{} invited you to join the account {}.", untrusted(invited_by), untrusted(account)),
                "Open this link to join. It works once, within seven days.".to_owned(),
            ],
            "If you do not know this person, you can ignore this email.",
        ),
        Topic::SignUpInvite { .. } => message(
            "You are invited to Yunxin",
            ["Open this link to sign up. It works once, within seven days.".to_owned()],
            "If you did not expect this, you can ignore this email.",
        ),
        Topic::NewSignIn { at, address, agent } => message(
            "New sign-in to Yunxin",
            [format!("Someone signed in to your user from a new address: {address}, at {at}, with {}.", untrusted(agent))],
            ALARM,
        ),
        Topic::PasswordChanged { at, address } => message(
            "Your Yunxin password was changed",
            [format!("Your password was changed from {address} at {at}. All other sessions have ended.")],
            "If this was not you, reset your password on the sign-in page and contact the operator.",
        ),
        Topic::TwoFactorOn { at, address } => message(
            "Two-factor authentication was turned on for Yunxin",
            [format!("It was turned on from {address} at {at}. Keep your recovery codes in a safe place.")],
            ALARM,
        ),
        Topic::TwoFactorOff { at, address } => message(
            "Two-factor authentication was turned off for Yunxin",
            [format!("It was turned off from {address} at {at}. You now sign in with your password alone.")],
            ALARM,
        ),
        Topic::KeyEvent { key, kind, action, at, .. } => message(
            "Unusual activity on a Yunxin API key",
            [
                format!("The API key {}: {} ({at}).", untrusted(key), seen(*kind, MailLanguage::English)),
                done(*action, MailLanguage::English).to_owned(),
                "See what happened, and undo this, on the key's page:".to_owned(),
            ],
            "You received this because you are an owner or admin of the account. Choose your notifications under Settings > Notifications.",
        ),
        Topic::OperatorNotice { notice, .. } => of_notice(notice, MailLanguage::English),
    }
}

fn simplified(topic: &Topic) -> MailText {
    const IGNORE: &str = "如果不是您本人的操作，请忽略这封邮件，不会发生任何事。";
    const ALARM: &str = "如果不是您本人，请在“设置 - 安全”中修改密码并结束其他会话。";
    match topic {
        Topic::ConfirmAddress { .. } => message(
            "确认您的 Yunxin 电子邮箱",
            ["打开此链接以完成注册。链接一天内有效，只能使用一次。".to_owned()],
            IGNORE,
        ),
        Topic::AddressIsTaken { .. } => message(
            "您已经有 Yunxin 用户",
            ["有人（可能是您）用这个邮箱注册，但该邮箱已有用户。请直接登录；如果忘记了密码，可在此链接的页面上重设。".to_owned()],
            IGNORE,
        ),
        Topic::ResetPassword { .. } => message(
            "重设您的 Yunxin 密码",
            ["打开此链接以设置新密码。链接一小时内有效，只能使用一次。".to_owned()],
            IGNORE,
        ),
        Topic::Invite { account, invited_by, .. } => message(
            "您被邀请加入一个 Yunxin 账户",
            [
                format!("{} 邀请您加入账户 {}。", untrusted(invited_by), untrusted(account)),
                "打开此链接以加入。链接七天内有效，只能使用一次。".to_owned(),
            ],
            "如果您不认识对方，请忽略这封邮件，不会发生任何事。",
        ),
        Topic::SignUpInvite { .. } => message(
            "您被邀请使用 Yunxin",
            ["打开此链接以注册。链接七天内有效，只能使用一次。".to_owned()],
            "如果您不清楚原因，请忽略这封邮件，不会发生任何事。",
        ),
        Topic::NewSignIn { at, address, agent } => message(
            "新的 Yunxin 登录",
            [format!("有人从新的地址以您的身份登录：{address}，时间 {at}，使用 {}。", untrusted(agent))],
            ALARM,
        ),
        Topic::PasswordChanged { at, address } => message(
            "您的 Yunxin 密码已修改",
            [format!("您的密码于 {at} 从 {address} 修改。其他会话均已结束。")],
            "如果不是您本人，请在登录页面重设密码，并告知运营者。",
        ),
        Topic::TwoFactorOn { at, address } => message(
            "Yunxin 双重验证已开启",
            [format!("于 {at} 从 {address} 开启。请妥善保管恢复码。")],
            ALARM,
        ),
        Topic::TwoFactorOff { at, address } => message(
            "Yunxin 双重验证已关闭",
            [format!("于 {at} 从 {address} 关闭。现在只需密码即可登录。")],
            ALARM,
        ),
        Topic::KeyEvent { key, kind, action, at, .. } => message(
            "Yunxin API 密钥出现异常",
            [
                format!("API 密钥 {}：{}（{at}）。", untrusted(key), seen(*kind, MailLanguage::Simplified)),
                done(*action, MailLanguage::Simplified).to_owned(),
                "详情请见密钥页面，也可在那里撤销此操作：".to_owned(),
            ],
            "您收到此邮件，因为您是该账户的所有者或管理员。可在“设置 - 通知”中选择接收哪些通知。",
        ),
        Topic::OperatorNotice { notice, .. } => of_notice(notice, MailLanguage::Simplified),
    }
}

fn traditional(topic: &Topic) -> MailText {
    const IGNORE: &str = "如果不是您本人的操作，請忽略這封郵件，不會發生任何事。";
    const ALARM: &str = "如果不是您本人，請在「設定 - 安全」中變更密碼並結束其他工作階段。";
    match topic {
        Topic::ConfirmAddress { .. } => message(
            "確認您的 Yunxin 電子郵件地址",
            ["開啟此連結以完成註冊。連結一天內有效，只能使用一次。".to_owned()],
            IGNORE,
        ),
        Topic::AddressIsTaken { .. } => message(
            "您已經有 Yunxin 使用者",
            ["有人（可能是您）用這個地址註冊，但該地址已有使用者。請直接登入；如果忘記了密碼，可在此連結的頁面上重設。".to_owned()],
            IGNORE,
        ),
        Topic::ResetPassword { .. } => message(
            "重設您的 Yunxin 密碼",
            ["開啟此連結以設定新密碼。連結一小時內有效，只能使用一次。".to_owned()],
            IGNORE,
        ),
        Topic::Invite { account, invited_by, .. } => message(
            "您受邀加入一個 Yunxin 帳戶",
            [
                format!("{} 邀請您加入帳戶 {}。", untrusted(invited_by), untrusted(account)),
                "開啟此連結以加入。連結七天內有效，只能使用一次。".to_owned(),
            ],
            "如果您不認識對方，請忽略這封郵件，不會發生任何事。",
        ),
        Topic::SignUpInvite { .. } => message(
            "您受邀使用 Yunxin",
            ["開啟此連結以註冊。連結七天內有效，只能使用一次。".to_owned()],
            "如果您不清楚原因，請忽略這封郵件，不會發生任何事。",
        ),
        Topic::NewSignIn { at, address, agent } => message(
            "新的 Yunxin 登入",
            [format!("有人從新的地址以您的身分登入：{address}，時間 {at}，使用 {}。", untrusted(agent))],
            ALARM,
        ),
        Topic::PasswordChanged { at, address } => message(
            "您的 Yunxin 密碼已變更",
            [format!("您的密碼於 {at} 從 {address} 變更。其他工作階段均已結束。")],
            "如果不是您本人，請在登入頁面重設密碼，並告知營運者。",
        ),
        Topic::TwoFactorOn { at, address } => message(
            "Yunxin 雙重驗證已開啟",
            [format!("於 {at} 從 {address} 開啟。請妥善保管復原碼。")],
            ALARM,
        ),
        Topic::TwoFactorOff { at, address } => message(
            "Yunxin 雙重驗證已關閉",
            [format!("於 {at} 從 {address} 關閉。現在只需密碼即可登入。")],
            ALARM,
        ),
        Topic::KeyEvent { key, kind, action, at, .. } => message(
            "Yunxin API 金鑰出現異常",
            [
                format!("API 金鑰 {}：{}（{at}）。", untrusted(key), seen(*kind, MailLanguage::Traditional)),
                done(*action, MailLanguage::Traditional).to_owned(),
                "詳情請見金鑰頁面，也可在那裡復原此操作：".to_owned(),
            ],
            "您收到這封郵件，是因為您是該帳戶的擁有者或管理員。可在「設定 - 通知」中選擇接收哪些通知。",
        ),
        Topic::OperatorNotice { notice, .. } => of_notice(notice, MailLanguage::Traditional),
    }
}

#[cfg(test)]
mod tests {
    use super::MailLanguage;

    #[test]
    fn browsers_and_users_say_their_language() {
        for (tag, language) in [
            ("zh-TW", MailLanguage::Traditional),
            ("zh-Hant-HK", MailLanguage::Traditional),
            ("zh-CN,zh;q=0.9,en;q=0.8", MailLanguage::Simplified),
            ("zh", MailLanguage::Simplified),
            ("de-DE,zh;q=0.1", MailLanguage::English),
            ("", MailLanguage::English),
            ("漢", MailLanguage::English),
        ] {
            assert_eq!(MailLanguage::of_browser(tag), language, "{tag}");
        }
    }
}
