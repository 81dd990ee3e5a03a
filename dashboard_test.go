package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// dashboard is what is looked at of the one for Grafana.
type dashboard struct {
	UID           string `json:"uid"`
	SchemaVersion int    `json:"schemaVersion"` //nolint:tagliatelle // Grafana names it.
	Templating    struct {
		List []struct {
			Name  string          `json:"name"`
			Type  string          `json:"type"`
			Query json.RawMessage `json:"query"`
		} `json:"list"`
	} `json:"templating"`
	Panels []panel `json:"panels"`
}

type panel struct {
	ID         int        `json:"id"`
	Type       string     `json:"type"`
	Title      string     `json:"title"`
	Datasource datasource `json:"datasource"`
	GridPos    place      `json:"gridPos"` //nolint:tagliatelle // Grafana names it.
	Targets    []target   `json:"targets"`
	Panels     []panel    `json:"panels"` // of a row that is closed
}

type target struct {
	RefID        string     `json:"refId"` //nolint:tagliatelle // Grafana names it.
	Datasource   datasource `json:"datasource"`
	Expr         string     `json:"expr"`
	LegendFormat string     `json:"legendFormat"` //nolint:tagliatelle // Grafana names it.
}

type datasource struct {
	UID string `json:"uid"`
}

type place struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

func (p place) overlaps(q place) bool {
	return p.X < q.X+q.W && q.X < p.X+p.W && p.Y < q.Y+q.H && q.Y < p.Y+p.H
}

func parseDashboard(t *testing.T) (d dashboard) {
	t.Helper()

	if err := json.Unmarshal([]byte(read(t, dashboardFile)), &d); err != nil {
		t.Fatal(err)
	}

	return d
}

// queries are all that the dashboard asks, those of one panel together with what
// it calls the answers.
func (d dashboard) queries() (all []string) {
	for _, p := range d.Panels {
		var text strings.Builder
		for _, asked := range p.Targets {
			text.WriteString(asked.Expr + " " + asked.LegendFormat + "\n")
		}

		all = append(all, text.String())
	}

	for _, v := range d.Templating.List {
		all = append(all, strings.ReplaceAll(string(v.Query), `\"`, `"`))
	}

	return all
}

// The dashboard asks the data source that is chosen, each panel asks something,
// and none hides another.
func TestDashboard(t *testing.T) {
	t.Parallel()

	const (
		source  = "${datasource}"
		columns = 24
		oldest  = 38 // Grafana 10
	)

	d := parseDashboard(t)

	if d.UID == "" || d.SchemaVersion < oldest {
		t.Errorf("uid %q, schema version %d", d.UID, d.SchemaVersion)
	}

	variables := map[string]string{}
	for _, v := range d.Templating.List {
		variables[v.Name] = v.Type
	}

	if variables["datasource"] != "datasource" || variables["bff"] != "query" || variables["service"] != "query" {
		t.Errorf("variables are %v", variables)
	}

	ids := map[int]string{}

	for i, p := range d.Panels {
		if ids[p.ID] != "" || p.ID == 0 || p.Title == "" {
			t.Errorf("panel %q has id %d, as has %q", p.Title, p.ID, ids[p.ID])
		}

		ids[p.ID] = p.Title

		for _, other := range d.Panels[:i] {
			if p.GridPos.overlaps(other.GridPos) || p.GridPos.X+p.GridPos.W > columns {
				t.Errorf("panel %q is where %q is, or beside the page", p.Title, other.Title)
			}
		}

		if p.Type == "row" {
			if len(p.Panels)+len(p.Targets) > 0 {
				t.Errorf("row %q has something inside, which no test looks at", p.Title)
			}

			continue
		}

		if len(p.Targets) == 0 || p.Datasource.UID != source {
			t.Errorf("panel %q asks %d queries of %q", p.Title, len(p.Targets), p.Datasource.UID)
		}

		refs := map[string]bool{}

		for _, asked := range p.Targets {
			if asked.Expr == "" || asked.LegendFormat == "" || asked.Datasource.UID != source || refs[asked.RefID] {
				t.Errorf("panel %q: query %q of %q is %q with legend %q", p.Title, asked.RefID, asked.Datasource.UID, asked.Expr, asked.LegendFormat)
			}

			refs[asked.RefID] = true
		}
	}
}
