//! Key events and the action taken, in words.

use store::key_events::{KeyEventAction, KeyEventKind};

use super::language::MailLanguage;

/// A part of a sentence whose subject is the key.
pub(super) fn seen(kind: KeyEventKind, language: MailLanguage) -> &'static str {
    let [english, simplified, traditional] = match kind {
        KeyEventKind::CostlierModel => [
            "it used a costlier model for the first time",
            "首次使用了更昂贵的模型",
            "首次使用了更昂貴的模型",
        ],
        KeyEventKind::NewNetwork => [
            "it was used from a new network",
            "在新的网络中被使用",
            "在新的網路中被使用",
        ],
        KeyEventKind::RequestSpike => [
            "it is sending far more requests than usual",
            "请求数远超平时",
            "請求數遠超平時",
        ],
        KeyEventKind::SpendSpike => [
            "it is spending far more than usual",
            "花费远超平时",
            "花費遠超平時",
        ],
        KeyEventKind::ErrorBurst => [
            "its requests are failing far more often than usual",
            "请求失败率远超平时",
            "請求失敗率遠超平時",
        ],
        KeyEventKind::BrowserUse => [
            "it was used in a browser, where others can read it",
            "被浏览器发送，他人可能读取到它",
            "被瀏覽器送出，他人可能讀取到它",
        ],
        KeyEventKind::LeakReported => ["it was reported as leaked", "被举报已泄露", "被通報已外洩"],
        KeyEventKind::RotationDue => [
            "its secret is due for rotation",
            "密钥该轮换了",
            "金鑰該輪換了",
        ],
        KeyEventKind::BudgetAlert => [
            "half, 80 % or all of a budget that it spends from is used up",
            "其所属预算已用掉一半、80% 或全部",
            "其所屬預算已用掉一半、80% 或全部",
        ],
    };
    in_language(language, english, simplified, traditional)
}

/// A sentence.
pub(super) fn done(action: KeyEventAction, language: MailLanguage) -> &'static str {
    let [english, simplified, traditional] = match action {
        KeyEventAction::Notified => [
            "No action was taken. The key still works.",
            "未采取措施，密钥照常可用。",
            "未採取措施，金鑰照常可用。",
        ],
        KeyEventAction::Throttled => [
            "The key is limited to a tenth of its usual limits until you release it.",
            "该密钥的限额已降为十分之一，直到有人解除。",
            "該金鑰的限額已降為十分之一，直到有人解除。",
        ],
        KeyEventAction::Frozen => [
            "The key is frozen. Its requests are refused until you release it.",
            "该密钥已被冻结：在有人解除之前，其请求会被拒绝。",
            "該金鑰已被凍結：在有人解除之前，其請求會被拒絕。",
        ],
        KeyEventAction::Revoked => [
            "The key was permanently revoked. Create a new one.",
            "该密钥已被永久吊销，请新建一个。",
            "該金鑰已被永久撤銷，請建立新的金鑰。",
        ],
        KeyEventAction::Refused => [
            "The request was refused. The key still works elsewhere.",
            "该请求已被拒绝；密钥在其他地方照常可用。",
            "該請求已被拒絕；金鑰在其他地方照常可用。",
        ],
    };
    in_language(language, english, simplified, traditional)
}

fn in_language(
    language: MailLanguage,
    english: &'static str,
    simplified: &'static str,
    traditional: &'static str,
) -> &'static str {
    match language {
        MailLanguage::English => english,
        MailLanguage::Simplified => simplified,
        MailLanguage::Traditional => traditional,
    }
}
