//! Notices for operators, in words.

use store::operator_notices::NoticeKind;

use super::language::MailLanguage;
use super::topic::{NoticeText, untrusted};

/// The subject, the paragraphs and the end of a mail.
pub(super) fn text(
    notice: &NoticeText,
    language: MailLanguage,
) -> (&'static str, Vec<String>, &'static str) {
    let NoticeText { label, at, .. } = notice;
    let label = untrusted(label);
    let [english, simplified, traditional] = sentence(notice.kind);
    let (subject, sentence, end) = match language {
        MailLanguage::English => (
            if notice.is_over {
                "Yunxin: resolved"
            } else {
                "Yunxin: needs your attention"
            },
            english,
            "You received this because you are an operator of this installation.",
        ),
        MailLanguage::Simplified => (
            if notice.is_over {
                "Yunxin：已恢复正常"
            } else {
                "Yunxin：有问题需要处理"
            },
            simplified,
            "您收到此邮件，因为您是此系统的运营者。",
        ),
        MailLanguage::Traditional => (
            if notice.is_over {
                "Yunxin：已恢復正常"
            } else {
                "Yunxin：有問題需要處理"
            },
            traditional,
            "您收到這封郵件，是因為您是此系統的營運者。",
        ),
    };
    let over = match language {
        MailLanguage::English => "This is resolved.",
        MailLanguage::Simplified => "该情况已结束。",
        MailLanguage::Traditional => "該情況已結束。",
    };
    let mut paragraphs = vec![format!("{label}: {sentence} ({at})")];
    if notice.is_over {
        paragraphs.push(over.to_owned());
    }
    (subject, paragraphs, end)
}

/// A sentence whose subject stands before it.
fn sentence(kind: NoticeKind) -> [&'static str; 3] {
    match kind {
        NoticeKind::DeploymentFailing => [
            "the deployment is failing. It gets no requests until a probe succeeds.",
            "该部署出现故障，在探测成功之前不再使用。",
            "該部署發生故障，在探測成功之前不再使用。",
        ],
        NoticeKind::CredentialRefused => [
            "the provider refused the credential. Replace it.",
            "供应商拒绝了凭据，请更换。",
            "供應商拒絕了憑證，請更換。",
        ],
        NoticeKind::QuotaExhausted => [
            "your balance or quota with the provider is used up.",
            "您在该供应商的账户余额已用完。",
            "您在該供應商的帳戶餘額已用完。",
        ],
        NoticeKind::ModelUnknown => [
            "the provider does not have the model of this deployment.",
            "供应商没有该部署所用的模型。",
            "供應商沒有該部署所用的模型。",
        ],
        NoticeKind::QueueShedding => [
            "the model gets more requests than its providers can take, and some are rejected.",
            "该模型的请求超出供应商的承载能力，部分请求被放弃。",
            "該模型的請求超出供應商的承載能力，部分請求被捨棄。",
        ],
    }
}
