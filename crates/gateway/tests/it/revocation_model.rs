//! The protocol of `docs/decisions/0004` as a model, searched exhaustively: two servers, one key and its revocation, with
//! renewals and replies that are late or lost, servers that crash, begin and are evicted, and slow clocks. Each rule of
//! the protocol is also left out once, and the search has to find the harm that the rule prevents.

mod protocol;
mod world;

use stateright::{Checker, Model, Property};

use protocol::{Protocol, RULES, Without};
use world::{Author, Beginning, DOWN, Server, Step, World};

impl Model for Protocol {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            head: 0,
            author: Author::HasNotRevoked,
            servers: [DOWN; 2],
        }]
    }

    fn actions(&self, _: &World, steps: &mut Vec<Step>) {
        steps.extend([Step::Tick, Step::Revoke, Step::AuthorLooks]);
        for server in 0..2 {
            let of_clock = |is_clock_slow| Step::Receive {
                server,
                is_clock_slow,
            };
            steps.extend([of_clock(false), of_clock(true)]);
            let others = [
                Step::Send,
                Step::Lose,
                Step::DatabaseRenews,
                Step::CatchUp,
                Step::Purge,
                Step::BeginFill,
                Step::EndFill,
                Step::Crash,
                Step::ReadHead,
                Step::Load,
                Step::Register,
            ];
            steps.extend(others.map(|step| step(server)));
        }
    }

    fn next_state(&self, before: &World, step: Step) -> Option<World> {
        let mut world = before.clone();
        match (step, world.author) {
            (Step::Tick, _) => world.tick(),
            (Step::Revoke, Author::HasNotRevoked) => {
                world.head = 1;
                world.author = match self.0 {
                    Without::Wait => Author::Answered,
                    _ => Author::Waits(0),
                };
            }
            (Step::AuthorLooks, Author::Waits(waited)) => self.author_looks(&mut world, waited)?,
            _ => {
                let server = &mut world.servers[step.server()?];
                self.step_of_server(server, step, world.head)?;
            }
        }
        // The servers are alike: worlds that differ in their order are one.
        world.servers.sort_unstable();
        (world != *before).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(SAFE, |protocol: &Self, world: &World| {
                let answered = world.author == Author::Answered;
                !(answered
                    && world
                        .servers
                        .iter()
                        .any(|one| protocol.serves_by_cache(one)))
            }),
            Property::sometimes(
                "an author is answered while a server is cut off",
                |_: &Self, world: &World| {
                    let is_cut_off = |server: &Server| {
                        server.beginning == Beginning::Done
                            && server.row.is_none()
                            && server.caches_key
                    };
                    world.author == Author::Answered && world.servers.iter().any(is_cut_off)
                },
            ),
            Property::sometimes(
                "an author is answered by servers with a lease",
                |_: &Self, world: &World| {
                    let is_told = |server: &Server| server.row == Some(1) && server.lease_rest > 0;
                    world.author == Author::Answered && world.servers.iter().all(is_told)
                },
            ),
        ]
    }
}

const SAFE: &str = "nothing is served by rights that were taken when their taker was answered";

#[test]
fn a_revocation_holds_everywhere_when_it_is_answered_in_every_order_of_events() {
    let checker = Protocol(Without::Nothing)
        .checker()
        .threads(2)
        .spawn_bfs()
        .join();
    checker.assert_properties();
    assert!(
        checker.unique_state_count() > 100_000,
        "{}",
        checker.unique_state_count()
    );
}

#[test]
fn without_any_one_of_its_rules_the_search_finds_a_request_served_by_a_revoked_key() {
    for rule in RULES {
        let checker = Protocol(rule).checker().threads(2).spawn_bfs().join();
        let harm = checker.discovery(SAFE);
        assert!(harm.is_some(), "{rule:?} is left out, and nothing is found");
    }
}
