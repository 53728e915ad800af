"""Regressors that follow the conventions of packages which the tests cannot count on.

All find c x0^a x1^b ... with whole exponents by least squares in the logarithms.
"""
import time
from types import SimpleNamespace

import numpy as np


class Product:
    def __init__(self, random_state=None, time_limit=None):
        self.random_state, self.time_limit = random_state, time_limit

    def fit(self, x, y):
        rows = np.column_stack([np.ones(len(x)), np.log(x)])
        log_c, *powers = np.linalg.lstsq(rows, np.log(y), rcond=None)[0]
        self.factor, self.powers = float(np.exp(log_c)), [int(round(p)) for p in powers]
        return self

    def predict(self, x):
        return self.factor * np.prod(x ** np.array(self.powers, float), axis=1)


class Function:
    def __init__(self, name, arity):
        self.name, self.arity = name, arity


class Program:
    """A tree as a list in prefix order; columns are whole numbers. Its text is short of digits."""

    def __init__(self, factor, powers):
        self.program = [factor]
        for column, power in enumerate(powers):
            for _ in range(abs(power)):
                self.program = [Function("mul" if power > 0 else "div", 2), *self.program, column]
        self.length_ = len(self.program)

    def __str__(self):
        return "0.000"


class GplearnLike(Product):
    def fit(self, x, y):
        super().fit(x, y)
        self._program = Program(self.factor, self.powers)
        return self


class PysrLike(Product):
    """A table whose rows are called by numbers that do not begin at 0."""

    def fit(self, x, y):
        super().fit(x, y)
        law = "*".join([repr(self.factor)] + [f"x{j}**({p})" for j, p in enumerate(self.powers)])
        self.equations_ = Front({"complexity": [1, 9], "sympy_format": [repr(float(y.mean())), law]})
        return self

    def get_best(self):
        return SimpleNamespace(name=5)


class Front(dict):
    index = (3, 5)


class OperonLike(Product):
    def fit(self, x, y):
        super().fit(x, y)
        powers = [f"(X{j + 1} ^ ({p}))" for j, p in enumerate(self.powers)]
        law = SimpleNamespace(Length=8, text=" * ".join([repr(self.factor)] + powers))
        mean = SimpleNamespace(Length=1, text=repr(float(y.mean())))
        self.pareto_front_ = [{"tree": mean}, {"tree": law}]
        self.model_ = law
        return self

    def get_model_string(self, model, precision=3, names=None):
        assert precision == 50 and names is None
        return f"({model.text})"


class Speaking(Product):
    """Tells what it was called with."""

    def equation(self):
        return f"{self.random_state} + {self.time_limit}*x1"


class Stepwise:
    """Grows by one generation per warm start and says how many there are."""

    stopping_criteria = 0.0

    def __init__(self, generations=1, perfect_after=99, pause=0.0):
        self.generations, self.perfect_after, self.pause = generations, perfect_after, pause
        self.warm_start, self.done = False, 0

    def get_params(self):
        return {"generations": self.generations}

    def set_params(self, **params):
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def fit(self, x, y):
        assert self.warm_start and self.generations == self.done + 1
        time.sleep(self.pause)
        self.done += 1
        self.run_details_ = {"best_fitness": [float(self.done < self.perfect_after)]}
        return self

    def equation(self):
        return self.done


class Mute(Product):
    pass
