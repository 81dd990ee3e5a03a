package config_test

import (
	"testing"

	"storefront/internal/config"
)

func TestAddrOrOff(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		value  string
		want   string
		chosen bool
		wrong  string
	}{
		"not set":     {"", "127.0.0.1:8090", false, ""},
		"the default": {"127.0.0.1:8090", "127.0.0.1:8090", true, ""},
		"another":     {":0", ":0", true, ""},
		"off":         {"off", "", true, ""},
		"almost off":  {"OFF", "", true, `FACADE_ADDR="OFF": must be host:port with a port from 0 to 65535, or off`},
		"no port":     {"localhost", "", true, `FACADE_ADDR="localhost": must be host:port with a port from 0 to 65535, or off`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var (
				addr   string
				chosen bool
			)
			env := config.New("p", "A program.", environment(map[string]string{"FACADE_ADDR": test.value}))
			env.AddrOrOff(&addr, &chosen, "FACADE_ADDR", "127.0.0.1:8090", "where it listens")
			err := env.Parse(nil)
			if test.wrong != "" {
				if err == nil || err.Error() != test.wrong {
					t.Errorf("got %v, want %s", err, test.wrong)
				}
				return
			}
			if err != nil || addr != test.want || chosen != test.chosen {
				t.Errorf("got %q, %v, %v", addr, chosen, err)
			}
		})
	}
}
