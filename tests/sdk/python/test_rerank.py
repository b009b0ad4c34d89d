"""`POST /v1/rerank`, in the shapes of Cohere and Jina, and of Voyage."""

import pytest

MODEL = "sandbox-rerank"
DOCUMENTS = ["Boats need wind.", "How to renew a key", {"text": "A key is secret."}]
BODY = {"model": MODEL, "query": "how do I renew a key", "documents": DOCUMENTS}


def rank(http, **more):
    response = http.post("/rerank", json={**BODY, **more})
    assert response.status_code == 200, response.text
    return response


def test_documents_come_best_first_with_their_places(http):
    results = rank(http).json()["results"]
    scores = [result["relevance_score"] for result in results]
    assert results[0]["index"] == 1 and scores == sorted(scores, reverse=True)
    assert sorted(result["index"] for result in results) == [0, 1, 2]


def test_top_n_bounds_the_results_and_documents_come_back_when_asked_for(http):
    (result,) = rank(http, top_n=1, return_documents=True).json()["results"]
    assert result["document"]["text"] == DOCUMENTS[1]


def test_a_client_of_voyage_gets_the_list_that_it_knows(http):
    body = rank(http, top_k=2).json()
    assert len(body["data"]) == 2 and "results" not in body


def test_a_ranking_has_its_own_resource_and_costs_a_search(http):
    response = rank(http)
    assert response.headers["x-ratelimit-resource"] == "rerank"
    assert response.headers["x-yunxin-cost"] == "0.002"
    assert response.json()["usage"]["cost"] == 0.002


@pytest.mark.parametrize("missing", ["model", "query", "documents"])
def test_a_missing_parameter_is_named(http, missing):
    response = http.post("/rerank", json={name: value for name, value in BODY.items() if name != missing})
    assert response.status_code == 400 and response.json()["error"]["param"] == missing


def test_a_model_of_another_type_is_refused(http):
    response = http.post("/rerank", json={**BODY, "model": "sandbox-small"})
    assert response.status_code == 400 and response.json()["error"]["code"] == "model_type_mismatch"
