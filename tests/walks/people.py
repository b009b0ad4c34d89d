"""Who calls: browsers with the headers of our own pages, programs with a management key, and nobody."""

import httpx

PASSWORD = "correct horse battery"
COOKIE = "__Host-yunxin-session"
OUR_PAGE = {"x-yunxin-request": "dashboard", "sec-fetch-site": "same-origin"}


class Caller:
    """One HTTP client that says what it calls itself in failures."""

    def __init__(self, name, url, headers=None, cookie=None):
        self.name = name
        self.cookie = cookie
        headers = dict(headers or {})
        if cookie:
            headers["cookie"] = f"{COOKIE}={cookie}"
        self.http = httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False)

    def __repr__(self):
        return self.name

    def send(self, method, path, body=None, headers=None, **options):
        if body is not None:
            options["json"] = body
        response = self.http.request(method, path, headers=headers, **options)
        # A jar would carry one caller's cookie into the next request of a test that sends none.
        self.http.cookies.clear()
        return response

    def get(self, path, **query):
        return self.send("GET", path, params=query or None)

    def post(self, path, body=None, **options):
        return self.send("POST", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.send("PATCH", path, body, **options)

    def made(self, path, body=None):
        """The response of a write that must succeed."""
        response = self.post(path, body)
        assert response.is_success, f"{self.name}: POST {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None


class Person(Caller):
    """Somebody signed in in a browser, with one of our pages open."""

    def __init__(self, name, url, response):
        super().__init__(name, url, OUR_PAGE, cookie_of(response))
        me = response.json()
        self.id = me["user"]["id"]
        self.email = me["user"]["email"]
        self.session_id = me["session"]["id"]
        self.accounts = me["accounts"]

    @property
    def account(self):
        return self.accounts[0]["id"]

    @property
    def base(self):
        return f"/api/v1/accounts/{self.account}"


def cookie_of(response):
    for header in response.headers.get_list("set-cookie"):
        name, _, rest = header.partition("=")
        if name == COOKIE:
            return rest.split(";", 1)[0]
    raise AssertionError(f"no session in {response.status_code} {response.text}")


def browser(url, name="a browser where nobody is signed in"):
    return Caller(name, url, OUR_PAGE)


def program(url, secret, name):
    return Caller(name, url, {"authorization": f"Bearer {secret}"})


def sign_up(url, email, name="", **more):
    with browser(url).http as http:
        body = {"email": email, "password": PASSWORD, "name": name, **more}
        response = http.post("/api/v1/auth/sign-up", json=body)
    assert response.status_code == 201, f"{response.status_code} {response.text}"
    return Person(name or email, url, response)


def first_operator(url, link):
    token = link.partition("#")[2]
    with browser(url).http as http:
        body = {"token": token, "email": "operator@example.test", "password": PASSWORD, "name": "Olga"}
        response = http.post("/api/v1/auth/first-operator", json=body)
    assert response.status_code == 201, f"{response.status_code} {response.text}"
    return Person("operator", url, response)


def sign_in(url, email, name=""):
    with browser(url).http as http:
        response = http.post("/api/v1/auth/sign-in", json={"email": email, "password": PASSWORD})
    assert response.status_code == 200, f"{response.status_code} {response.text}"
    return Person(name or email, url, response)
