package customer

import (
	"slices"

	"storefront/internal/telemetry"
)

// field is a field of our model, as metrics name it.
type field uint8

const (
	ofID field = iota
	ofFirstName
	ofLastName
	ofStreet
	ofCity
	ofState
	ofZipCode
	ofPhone
	ofEmail
	ofTier
	ofPoints
)

// fieldNames are the names of all fields, in their order.
func fieldNames() []string {
	return []string{"id", "first_name", "last_name", "street", "city", "state", "zip_code", "phone", "email", "tier", "loyalty_points"}
}

// findings are what one record was like.
type findings struct {
	rejected, unknownTier   bool
	said, repaired, dropped [ofPoints + 1]bool
}

// ofNoUse reports whether most of what a record says is of no use: it is in
// another format than was agreed, and what is left of it means little.
func (f *findings) ofNoUse() bool {
	balance := 0

	for i := ofID + 1; i <= ofPoints; i++ {
		switch {
		case f.said[i]:
			balance++
		case f.dropped[i]:
			balance--
		}
	}

	return balance < 0
}

func (f *findings) repair(of field) { f.repaired[of] = true }
func (f *findings) drop(of field)   { f.dropped[of] = true }

func (f *findings) repairIf(of field, is bool) { f.repaired[of] = f.repaired[of] || is }

// outcome is what became of the record, in a word.
func (f *findings) outcome() string {
	switch {
	case f.rejected:
		return rejected
	case slices.Contains(f.repaired[:], true), slices.Contains(f.dropped[:], true):
		return repaired
	default:
		return clean
	}
}

// What can become of a record.
const (
	clean    = "clean"
	repaired = "repaired"
	rejected = "rejected"
)

// Counts counts what becomes of records. It is safe for concurrent use; nil
// counts nothing.
type Counts struct {
	records, repaired, dropped func(which string)
	unknownTier                func()
}

// NewCounts returns counts that are metrics of that BFF. All series are there
// from the start.
func NewCounts(metrics *telemetry.Metrics, bff string) *Counts {
	tier := metrics.Sorts(bff, "customer_unknown_tiers_total", "Records of the legacy customer system with a tier that is not known, or that we do not know.", "")

	return &Counts{
		records:     metrics.Sorts(bff, "customer_records_total", "Records of the legacy customer system, by what became of them (clean, repaired, rejected).", "outcome", clean, repaired, rejected),
		repaired:    metrics.Sorts(bff, "customer_fields_repaired_total", "Fields of customers that were not written as they should be, and are now.", "field", fieldNames()...),
		dropped:     metrics.Sorts(bff, "customer_fields_dropped_total", "Fields of customers that were of no use, and are left out.", "field", fieldNames()...),
		unknownTier: func() { tier("") },
	}
}

// refused counts an answer in which no record was looked for.
func (c *Counts) refused() { c.add(findings{rejected: true}) }

func (c *Counts) add(f findings) {
	if c == nil {
		return
	}

	c.records(f.outcome())

	if f.rejected {
		return
	}

	for i, name := range fieldNames() {
		if f.repaired[i] {
			c.repaired(name)
		}

		if f.dropped[i] {
			c.dropped(name)
		}
	}

	if f.unknownTier {
		c.unknownTier()
	}
}
