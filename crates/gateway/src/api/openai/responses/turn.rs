//! A request that may go on from an earlier response, and whose response may be kept.

use std::sync::{Arc, OnceLock};

use llm::TranslateError;
use llm::languages::kept::{Asked, Turn};
use store::ResponseId;

use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::inference::Completion;
use crate::ingress::BufferedBody;
use crate::kept_responses::{PendingTurn, ResponseOwner};
use crate::state::GatewayState;

/// Characters of an unknown id that are said again.
const ID_SHOWN_MAX: usize = 64;

/// Puts earlier items before those of the request, and notes in `turn` what is to become of its response.
pub(super) fn completion(
    app: &GatewayState,
    caller: &ApiKeyCaller,
    turn: Arc<OnceLock<PendingTurn>>,
) -> Completion {
    let beginning = Beginning {
        app: app.clone(),
        owner: ResponseOwner {
            account_id: caller.key.account_id().clone(),
            api_key_id: caller.key.id().clone(),
        },
        id: ResponseId::of_request(caller.context.request_id()),
    };
    Box::new(move |body| {
        Box::pin(async move {
            let (body, begun) = beginning.begin(body).await?;
            if let Some(begun) = begun {
                // The only one who sets it.
                let _ = turn.set(begun);
            }
            Ok(body)
        })
    })
}

struct Beginning {
    app: GatewayState,
    owner: ResponseOwner,
    id: ResponseId,
}

impl Beginning {
    async fn begin(
        self,
        mut body: BufferedBody,
    ) -> Result<(BufferedBody, Option<PendingTurn>), ApiError> {
        let asked = Asked::read(&body)?;
        // OpenAI keeps what is not said to be forgotten.
        let is_kept = asked.store != Some(false);
        if !asked.has_input() && (asked.store == Some(true) || asked.previous.is_some()) {
            return Err(TranslateError::Missing { param: "input" }.into());
        }
        if !asked.has_input() || (!is_kept && asked.previous.is_none()) {
            return Ok((body, None));
        }
        let (previous, earlier) = match &asked.previous {
            Some(id) => {
                let (id, turns) = self.earlier(id, &mut body).await?;
                (Some(id), turns)
            }
            None => (None, vec![]),
        };
        let kept = (&self.app.kept_responses, &self.app.master);
        let wanted = (asked.items(&body), is_kept);
        let turn = PendingTurn::new(kept, self.owner, (self.id, previous), wanted)?;
        let rewritten = asked.rewritten(&body, &earlier);
        Ok((body.replaced(rewritten), Some(turn)))
    }

    /// The turns up to the response that the request goes on from.
    async fn earlier(
        &self,
        id: &str,
        body: &mut BufferedBody,
    ) -> Result<(ResponseId, Vec<Turn>), ApiError> {
        let Some(id) = ResponseId::parse(id) else {
            let shown: String = id.chars().take(ID_SHOWN_MAX).collect();
            return Err(ApiError::previous_response_not_found(&shown));
        };
        let (kept, master) = (&self.app.kept_responses, &self.app.master);
        let account_id = &self.owner.account_id;
        let chain = kept.chain(master, account_id, &id, Some(body)).await?;
        let turns = chain.into_iter().map(|(_, turn)| turn).collect();
        Ok((id, turns))
    }
}
