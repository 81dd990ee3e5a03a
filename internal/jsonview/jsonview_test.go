package jsonview_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"storefront/internal/jsonview"
	"storefront/internal/wire"
)

// wantStandard fails the test unless view is written as encoding/json does.
func wantStandard[V any](t *testing.T, page jsonview.Page[V], view *V) {
	t.Helper()

	got, err := page.Append([]byte("before"), view)
	if want := "before" + standard(t, view); err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestWrittenAsByEncodingJSON(t *testing.T) {
	t.Parallel()

	tv, wide := jsonview.Of[tvView](), jsonview.Of[wideView]()
	wantStandard(t, tv, &tvView{})
	wantStandard(t, wide, &wideView{})
	wantStandard(t, jsonview.Of[*tvView](), new(*tvView))
	wantStandard(t, jsonview.Of[[]label](), &[]label{"a", "b"})
	wantStandard(t, jsonview.Of[partial](), &partial{})

	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // The same in each run.

		var one tvView

		fill(random, reflect.ValueOf(&one).Elem(), 3)
		wantStandard(t, tv, &one)

		var other wideView

		fill(random, reflect.ValueOf(&other).Elem(), 4)
		wantStandard(t, wide, &other)

		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzTexts(f *testing.F) {
	page := jsonview.Of[wideView]()

	f.Add("a", "\xff", uint64(0))
	f.Fuzz(func(t *testing.T, one, other string, seed uint64) {
		var view wideView

		fill(rand.New(rand.NewPCG(seed, 0)), reflect.ValueOf(&view).Elem(), 2) //nolint:gosec // As the fuzzer says.
		view.Name, view.Image, view.Names = one, &other, []string{other, one}
		view.Specs = wire.TextMap{{Name: one, Value: other}}
		wantStandard(t, page, &view)
	})
}

// TestWhatCannotBeWritten says where it is.
func TestWhatCannotBeWritten(t *testing.T) {
	t.Parallel()

	for want, view := range map[string]wideView{
		`"one": "price": not a JSON number`: {One: tvProduct{Price: "1e"}},
		`"id": not an identifier`:           {ID: wire.ID{Text: "\xff"}},
		`unsupported type: func()`:          {Any: func() {}},
	} {
		got, err := jsonview.Of[wideView]().Append(nil, &view)
		if got != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

// tvPage is a page of 20 products.
func tvPage() *tvView {
	view := &tvView{}

	for i := range 20 {
		image, rating := fmt.Sprintf("https://cdn.example.com/images/products/%d_hd.jpg", i), wire.Number("4.5")
		view.Products = append(view.Products, tvProduct{
			ID: wire.ID{Text: fmt.Sprintf("prod_%d", i)}, Name: fmt.Sprintf("Galaxy Ultra %d", i),
			Price: "999.90", ImageHD: &image, Rating: &rating,
		})
	}

	return view
}

func TestAppendDoesNotAllocate(t *testing.T) { //nolint:paralleltest // It counts what the process allocates.
	page, view, buffer := jsonview.Of[tvView](), tvPage(), make([]byte, 0, 10_000)

	if n := testing.AllocsPerRun(100, func() { _, _ = page.Append(buffer, view) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPage(b *testing.B) {
	view := tvPage()
	b.SetBytes(int64(len(standard(b, view))))

	b.Run("jsonview", func(b *testing.B) {
		page, buffer := jsonview.Of[tvView](), []byte(nil)

		b.ReportAllocs()

		for b.Loop() {
			var err error
			if buffer, err = page.Append(buffer[:0], view); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()

		for b.Loop() {
			standard(b, view)
		}
	})
}
