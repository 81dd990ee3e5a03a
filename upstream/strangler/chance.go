package strangler

import "math"

// tally is how many of some requests went wrong.
type tally struct{ bad, of int }

// share is how much of all went wrong, 0 where there is nothing.
func (t tally) share() float64 { return float64(t.bad) / float64(max(1, t.of)) }

func (t tally) plus(o tally) tally { return tally{t.bad + o.bad, t.of + o.of} }

// above reports whether more went wrong than most, a share, lets go wrong.
func (t tally) above(most float64) bool { return float64(t.bad) > most*float64(t.of) }

// beyond reports whether so many going wrong is no accident: were the true share
// just most, so many or more would be seen less often than doubt says.
func (t tally) beyond(most, doubt float64) bool {
	return t.above(most) && chance(t.bad, t.of, most) < doubt
}

// chance is how likely it is that at least bad of so many go wrong where each
// one does with the probability share: the upper tail of a binomial
// distribution. bad must be above what is expected.
func chance(bad, of int, share float64) float64 {
	const enough = 1e-6 // What adds less than this part changes nothing.

	term := math.Exp(choose(of, bad) + float64(bad)*math.Log(share) + float64(of-bad)*math.Log1p(-share))

	var sum float64
	for k := bad; k <= of && term > enough*sum; k++ {
		sum += term
		term *= float64(of-k) / float64(k+1) * share / (1 - share)
	}

	return sum
}

// choose is the logarithm of how many ways there are to choose some of many.
func choose(many, some int) float64 {
	of := func(n int) float64 {
		log, _ := math.Lgamma(float64(n) + 1)

		return log
	}

	return of(many) - of(some) - of(many-some)
}
