package upstreamtest

import (
	"math"
	"math/rand/v2"
	"time"
)

// hits tells whether a request meets the fault, by the fault's share.
func (f Fault) hits(chance *rand.Rand) bool {
	return f.share == 0 || chance.Float64() < f.share
}

// draw tells how long the pause of a latency is this time. With a p99 it is
// log-normal: the logarithm of the pause is normal, and its 99th percentile is
// so many standard deviations from its median.
func (f Fault) draw(chance *rand.Rand) time.Duration {
	const deviations = 2.3263478740408408
	if f.p99 == 0 {
		return f.pause
	}
	sigma := math.Log(float64(f.p99)/float64(f.pause)) / deviations
	drawn := float64(f.pause) * math.Exp(sigma*chance.NormFloat64())
	return time.Duration(min(drawn, float64(maxPause)))
}
