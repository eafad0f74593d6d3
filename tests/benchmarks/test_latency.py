import pytest

from benchmarks.latency import percentile


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (99, 99), (100, 100)])
def test_percentile_is_the_value_that_so_many_do_not_exceed(percent, value):
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_percentile_of_few_values_is_one_of_them():
    assert percentile([3.0], 99) == 3.0
    assert percentile([1.0, 2.0, 9.0], 99) == 9.0
    assert percentile([1.0, 2.0, 9.0], 50) == 2.0
