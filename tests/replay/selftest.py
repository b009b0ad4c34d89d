"""Holds that the judge passes what is right and notices what is not, before it judges a gateway. Run by every replay, first."""

import io
import sys
import unittest

import cuts
import judge
import planted
import reasons
import usage
import wire
from examples import EXAMPLES, KEY, MODEL, delta, events, perfect, streamed
from spoiling import FAULTS


class Judge(unittest.TestCase):
    def test_what_is_right_passes(self):
        for name, exchange in EXAMPLES.items():
            with self.subTest(name):
                self.assertEqual(judge.differences(exchange, MODEL, perfect(exchange), KEY), [])

    def test_each_planted_fault_is_noticed_and_planted_somewhere(self):
        applied = set()
        for name, exchange in EXAMPLES.items():
            with self.subTest(name):
                self.assertEqual(planted.unnoticed(exchange, MODEL, perfect(exchange), KEY)[0], [])
            applied |= {fault for fault, spoil in FAULTS.items() if spoil(exchange, perfect(exchange), KEY)}
        self.assertEqual(set(FAULTS) - applied, set())

    def test_another_recording_is_noticed(self):
        for name, exchange in EXAMPLES.items():
            for other_name, other in EXAMPLES.items():
                if name != other_name:
                    with self.subTest(f"{name} judged by {other_name}"):
                        self.assertNotEqual(judge.differences(other, MODEL, perfect(exchange), KEY), [])


class Reading(unittest.TestCase):
    def test_numbers_stay_as_they_were_written(self):
        text = '{"a":1.0,"b":1e-5,"c":[NaN,0.10],"d":12345678901234567890}'
        self.assertEqual(wire.dump(wire.load(text)), text)
        self.assertIsNotNone(wire.difference(wire.load("1.0"), wire.load("1")))
        self.assertRaises(wire.Twice, wire.load, '{"a":1,"a":1}')

    def test_an_event_ends_at_any_line_end_and_at_the_end(self):
        for end in ("\n", "\r\n", "\r"):
            text = end.join([": comment", "event: error", "data: 1", "", "data: 2"])
            self.assertEqual(wire.events(text), [wire.Event("error", "1"), wire.Event("", "2")])

    def test_every_way_of_cutting_keeps_the_bytes(self):
        exchange = streamed(events(delta("Grüße"), delta("", "stop")), **{})
        exchange.chunk_bytes = [3, 5]
        ways = cuts.of(exchange)
        self.assertEqual(set(ways), {"recorded", "seeded", "bytes"})
        for pieces in ways.values():
            self.assertEqual(b"".join(pieces), exchange.bytes)
            self.assertGreater(len(pieces), 2)

    def test_tokens_that_a_sum_leaves_out_are_found(self):
        cases = {
            '{"prompt_tokens":436,"completion_tokens":68,"total_tokens":652,"completion_tokens_details":{"reasoning_tokens":148}}': (436, 216),
            '{"prompt_tokens":11,"completion_tokens":15,"total_tokens":401,"prompt_tokens_details":{"audio_tokens":375}}': (386, 15),
            '{"prompt_tokens":35,"completion_tokens":12,"total_tokens":109}': (35, 74),
            '{"prompt_tokens":28,"completion_tokens":5,"total_tokens":33,"completion_tokens_details":{"reasoning_tokens":48}}': (28, 53),
            '{"prompt_tokens":7.0,"completion_tokens":3.0,"total_tokens":10.0}': (7, 3),
            '{"input_tokens":7,"output_tokens":3}': (7, 3),
        }
        for text, wanted in cases.items():
            found = usage.tokens(wire.load(text))
            self.assertEqual((found.input, found.output), wanted)

    def test_a_reason_is_found_in_every_shape(self):
        shapes = (
            '{"error":{"message":"why"}}', '{"error":"why"}', '{"message":"why"}', '{"detail":"why"}', '[{"error":{"message":"why"}}]',
            '{"detail":[{"loc":["body"],"msg":"why"}]}', '{"object":"error","message":{"detail":[{"msg":"why"}]}}', '"why"',
            '{"error":{"message":"Provider returned error","metadata":{"raw":"{\\"error\\":{\\"message\\":\\"why\\"}}"}}}',
            '{"error":{"message":"Provider returned error","metadata":{"raw":"why"}}}',
        )
        for shape in shapes:
            self.assertEqual(reasons.words(wire.load(shape)), ["why"], shape)

    def test_a_falsy_error_is_none(self):
        for value in ("null", "false", '""', "{}"):
            self.assertIsNone(reasons.error_in(wire.load(f'{{"choices":[],"error":{value}}}')))


def check():
    """Runs before each replay; what does not hold ends it."""
    output = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(output, verbosity=0).run(suite)
    if not result.wasSuccessful():
        raise SystemExit(f"the replayer does not hold its own tests:\n{output.getvalue()}")
    print(f"self-test: {result.testsRun} tests passed", flush=True)
