// Words that mean the same to those who search. What only one page is about stands in `nav.json` (`search`).

/** Each line is one meaning; a phrase of several words counts as one. */
const SAME = `
timeout, time out, timed out, timeouts, deadline, hangs, hanging
retry, retries, try again, backoff, resend, reattempt
429, rate limit, rate limited, rate limiting, ratelimit, too many requests, throttled
402, payment, payment required, insufficient credits
cost, price, pricing, charge, fee, expensive, cheap
spend, spending, bill, billing, invoice
budget, spending limit, spend limit, spending cap, cost limit
balance, credit, credits, top up, recharge, prepaid
postgresql, postgres, psql, pgsql
kubernetes, k8s, helm, openshift
docker, container, containers, podman, containerfile, dockerfile, oci
compose, docker compose, docker-compose
sso, single sign-on, single sign on, oidc, saml, openid connect, identity provider
2fa, mfa, two-factor, two factor, totp, second factor, authenticator
function calling, function call, tool calling, tool call, tool use, tools, functions
structured output, json mode, json schema, response_format
image, picture, photo, screenshot
system prompt, system message, system role, developer message, instructions
context length, context window, context size, max context, too long
base url, base_url, baseurl, api base, api_base, endpoint url, server url, api url, host
leaked, leak, exposed, compromised, stolen
rotate, rotation, regenerate, renew, replace
revoke, delete, disable, deactivate, remove
cors, cross origin, cross-origin, preflight, origin
401, unauthorized, unauthenticated, not authorized
403, forbidden, access denied, permission denied
404, not found
500, internal server error
502, bad gateway
503, unavailable, service unavailable, overloaded
413, too large, payload too large, body too large
backup, back up, backups, dump, snapshot
restore, recovery, recover, disaster recovery
upgrade, update, upgrading, new version, migrate, migration
https, tls, ssl, certificate, certificates
reverse proxy, load balancer, ingress
streaming, stream, sse, server-sent events, server sent events, event stream
embedding, embeddings, vector, vectors, vectorize
reasoning, thinking, thoughts, chain of thought
logs, logging, log
monitoring, metrics, prometheus, grafana, observability, opentelemetry
install, installation, setup, set up, deploy, deployment
environment variable, env var, env, dotenv
model list, list models, available models
usage, consumption
docs, documentation, guide
operator, admin, administrator
signup, sign up, register, registration
login, log in, signin, sign in
logout, log out, sign out
email, e-mail, mail, smtp
sqlite, database, db
high availability, ha, replicas, multiple servers, cluster, scaling, horizontal
js, javascript, typescript, node, nodejs
py, python
response, answer, reply
browser, frontend, client side, client-side, web page
webhook, webhooks, callback
team, members, member, organization, coworkers, colleagues
tier, tiers, plan, plans, subscription
privacy, gdpr, data retention, retention, stored
`;

/** Chinese words, simplified and traditional, and the English for them: most articles are in English. */
const ENGLISH = `
响应 回應 响应体: response
超时 逾時 超時 连接超时: timeout
重试 重試 重新尝试: retry
限流 速率限制 频率限制 限速 頻率限制: rate limit
请求过多 請求過多: 429
密钥 金鑰 密匙 令牌: key
泄露 泄漏 外洩 洩漏: leaked
轮换 輪替 更换 重新生成 更換: rotate
撤销 吊销 撤銷 删除 刪除 停用: revoke
价格 价钱 價格 定价 計價 计价: price
费用 成本 花费 費用: cost
计费 账单 計費 帳單 发票: billing
预算 預算: budget
余额 餘額 充值 儲值 欠费: balance
付款 支付: payment
模型 模型列表: model
流式 串流 流式输出 流式传输: streaming
函数调用 工具调用 函數呼叫 工具呼叫: function calling
图片 图像 圖片 影像 视觉 看图: image
嵌入 向量 向量嵌入: embedding
推理 思考 思维链: reasoning
提示词 提示詞 系统提示词 系統提示詞: system prompt
上下文 上下文长度 上下文長度: context length
错误 錯誤 报错 報錯 错误码 錯誤碼: error
身份验证 身分驗證 认证 認證 鉴权 鑑權: authentication
登录 登入: sign in
单点登录 單一登入 单点: sso
双因素 两步验证 雙因素: two-factor
跨域 跨源: cors
浏览器 瀏覽器 前端: browser
备份 備份: backup
恢复 还原 復原 還原: restore
升级 升級 更新 迁移 遷移: upgrade
部署 安装 安裝 自建 私有化: install
容器 镜像 鏡像: docker
反向代理 反代 代理: reverse proxy
证书 憑證: https
数据库 資料庫 数据: database
监控 監控 指标 指標: monitoring
日志 日誌 紀錄: logs
配置 设置 設定 配置文件: configuration
环境变量 環境變數: environment variable
用量 使用量 统计: usage
账户 帳戶 账号 帳號: account
成员 成員 团队 團隊: members
权限 權限: permission
禁止 拒绝 拒絕: forbidden
套餐 等级 層級 等級: tier
供应商 供應商 提供商 渠道 上游: provider
网关 閘道: gateway
地址 接口地址 基础地址 接入点: base url
快速开始 快速入门 快速上手 入门: quickstart
示例 范例 範例: example
并发 並發 同时: concurrency
异常 異常: anomalies
冻结 凍結: frozen
封禁 暂停 停權: suspended
编程 客户端 用戶端: client
收费 收費 扣费 扣費 多少钱: price
密码 密碼 口令: password
忘记 忘記 重置: reset
注册 註冊: sign up
网络 網路 连接 連線: connection
太大 过大 過大: too large
不存在 找不到: not found
无效 無效: invalid
被盗 被盜 盗用: leaked
慢 卡住: slow
`;

const GROUPS = SAME.trim()
  .split("\n")
  .map((line) => line.split(", "));

const byPhrase = new Map<string, string[]>();
for (const group of GROUPS) {
  for (const phrase of group) {
    const others = group.filter((other) => other !== phrase);
    byPhrase.set(phrase, [...(byPhrase.get(phrase) ?? []), ...others]);
  }
}

const byChinese = new Map<string, string>();
for (const line of ENGLISH.trim().split("\n")) {
  const [words = "", english = ""] = line.split(": ");
  for (const word of words.split(" ")) byChinese.set(word, english);
}

/** Words of the longest phrase with synonyms, in a query. */
const PHRASE_WORDS_MAX = 3;
/** Characters of the longest Chinese word above. */
const CHINESE_MAX = 6;

/** One thing that a query asks for: what was typed, and what means the same. */
export interface Meaning {
  typed: string;
  same: string[];
}

/** Takes the words of a query together where they are a known phrase. */
export function meaningsOf(words: string[]): Meaning[] {
  const meanings: Meaning[] = [];
  for (let at = 0; at < words.length; ) {
    const count = phraseAt(words, at);
    const typed = words.slice(at, at + count).join(" ");
    meanings.push({ typed, same: synonymsOf(typed) });
    at += count;
  }
  return meanings;
}

function phraseAt(words: string[], at: number): number {
  for (let count = Math.min(PHRASE_WORDS_MAX, words.length - at); count > 1; count -= 1) {
    if (byPhrase.has(words.slice(at, at + count).join(" "))) return count;
  }
  return 1;
}

function synonymsOf(phrase: string): string[] {
  const singular = phrase.replace(/s$/, "");
  return byPhrase.get(phrase) ?? byPhrase.get(singular) ?? [];
}

/** Cuts a run of Chinese characters into words that are known, longest first, and what is between them. */
export function chineseMeanings(run: string): Meaning[] {
  const meanings: Meaning[] = [];
  let unknown = "";
  const flush = () => {
    if (unknown !== "") meanings.push({ typed: unknown, same: [] });
    unknown = "";
  };
  for (let at = 0; at < run.length; ) {
    const word = knownAt(run, at);
    if (word === null) {
      unknown += run[at];
      at += 1;
    } else {
      flush();
      const english = byChinese.get(word) ?? "";
      meanings.push({ typed: word, same: [english, ...synonymsOf(english)] });
      at += word.length;
    }
  }
  flush();
  return meanings;
}

function knownAt(run: string, at: number): string | null {
  for (let length = CHINESE_MAX; length > 0; length -= 1) {
    const word = run.slice(at, at + length);
    if (word.length === length && byChinese.has(word)) return word;
  }
  return null;
}
