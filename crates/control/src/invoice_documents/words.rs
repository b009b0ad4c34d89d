//! The words of a document.

/// The language of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    #[default]
    English,
    SimplifiedChinese,
    TraditionalChinese,
}

impl Language {
    /// The language of a tag such as `zh-CN`.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        match tag {
            "en" => Some(Self::English),
            "zh-CN" => Some(Self::SimplifiedChinese),
            "zh-TW" => Some(Self::TraditionalChinese),
            _ => None,
        }
    }

    /// The tag, as HTML has it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-CN",
            Self::TraditionalChinese => "zh-TW",
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::SimplifiedChinese => &SIMPLIFIED,
            Self::TraditionalChinese => &TRADITIONAL,
        }
    }
}

#[derive(Debug)]
pub(super) struct Words {
    pub(super) invoice: &'static str,
    pub(super) credit_note: &'static str,
    pub(super) number: &'static str,
    pub(super) date: &'static str,
    pub(super) order: &'static str,
    pub(super) corrects: &'static str,
    pub(super) seller: &'static str,
    pub(super) buyer: &'static str,
    pub(super) tax_id: &'static str,
    pub(super) description: &'static str,
    pub(super) amount: &'static str,
    pub(super) total: &'static str,
    pub(super) credits: &'static str,
    pub(super) refund: &'static str,
    pub(super) paid: &'static str,
    pub(super) paid_back: &'static str,
}

const ENGLISH: Words = Words {
    invoice: "Invoice",
    credit_note: "Credit note",
    number: "Number",
    date: "Date",
    order: "Order",
    corrects: "Corrects invoice",
    seller: "From",
    buyer: "To",
    tax_id: "Tax ID",
    description: "Description",
    amount: "Amount",
    total: "Total",
    credits: "API credits worth",
    refund: "Refund of API credits worth",
    paid: "Paid in full.",
    paid_back: "Paid back in full.",
};

const SIMPLIFIED: Words = Words {
    invoice: "账单",
    credit_note: "退款单",
    number: "编号",
    date: "日期",
    order: "订单",
    corrects: "对应账单",
    seller: "卖方",
    buyer: "买方",
    tax_id: "税号",
    description: "说明",
    amount: "金额",
    total: "合计",
    credits: "API 额度，价值",
    refund: "退还 API 额度，价值",
    paid: "已全额支付。",
    paid_back: "已全额退款。",
};

const TRADITIONAL: Words = Words {
    invoice: "帳單",
    credit_note: "退款單",
    number: "編號",
    date: "日期",
    order: "訂單",
    corrects: "對應帳單",
    seller: "賣方",
    buyer: "買方",
    tax_id: "稅號",
    description: "說明",
    amount: "金額",
    total: "合計",
    credits: "API 額度，價值",
    refund: "退還 API 額度，價值",
    paid: "已全額支付。",
    paid_back: "已全額退款。",
};
