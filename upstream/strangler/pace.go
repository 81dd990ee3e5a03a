package strangler

import "time"

// pace is how slow the old side was, by the 99th percentile of each of the last
// ten minutes in which it was asked often enough. It is kept while the old side
// is asked too seldom, near the end of a ramp.
type pace struct {
	minutes [10]time.Duration
	at      int
	minute  time.Duration // when the one at began

	all   spread        // of all answers since the start
	allTo time.Duration // until when they are known
}

func (p *pace) note(f *figures, now time.Duration) {
	p.gather(f, now)

	took := f.took(Old, now-figuresSpan, now)
	if took.count < rampAnswers {
		return
	}

	if now-p.minute >= figuresSpan {
		p.at, p.minute = (p.at+1)%len(p.minutes), now
	}

	p.minutes[p.at] = took.quantile(most)
}

// gather adds what has come since the last time, in whole spells.
func (p *pace) gather(f *figures, now time.Duration) {
	if over := now.Truncate(figuresSpell); over > p.allTo {
		p.all.merge(f.took(Old, p.allTo, over-figuresSpell))
		p.allTo = over
	}
}

// slowest is the worst of them, 0 where none is known: one minute's percentile
// is a guess, and one that is too low would blame the new side.
func (p *pace) slowest() (worst time.Duration) {
	for _, one := range p.minutes {
		worst = max(worst, one)
	}

	return worst
}

// rough is the slowest of them, and where none is known what is known of all
// answers since the start, if those are enough: it does for what is gross.
func (p *pace) rough() time.Duration {
	if worst := p.slowest(); worst > 0 || p.all.count < rampAnswers {
		return worst
	}

	return p.all.quantile(most)
}
