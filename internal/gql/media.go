package gql

import (
	"mime"
	"strings"
)

// Media types of the GraphQL-over-HTTP specification. With mediaGraphQL the
// status tells whether the request was understood; with mediaJSON, which older
// clients expect, it tells only whether it could be read.
const (
	mediaGraphQL = "application/graphql-response+json"
	mediaJSON    = "application/json"
)

// accepted chooses the media type of the answer: the newer one for clients that
// name it, the older one for all others.
func accepted(accept []string) string {
	for _, header := range accept {
		switch header {
		case mediaJSON, "*/*": // What most clients send needs no taking apart.
			continue
		case mediaGraphQL:
			return mediaGraphQL
		}

		for part := range strings.SplitSeq(header, ",") {
			media, parameters, err := mime.ParseMediaType(part)
			if err == nil && media == mediaGraphQL && parameters["q"] != "0" {
				return mediaGraphQL
			}
		}
	}

	return mediaJSON
}

// contentType is the header of an answer in media.
func contentType(media string) string {
	if media == mediaGraphQL {
		return mediaGraphQL + "; charset=utf-8"
	}

	return mediaJSON + "; charset=utf-8"
}

// checkContentType refuses a body that is not JSON in UTF-8, or nil.
func checkContentType(header string) error {
	if header == mediaJSON || header == mediaJSON+"; charset=utf-8" {
		return nil
	}

	media, parameters, err := mime.ParseMediaType(header)
	if err != nil || media != mediaJSON {
		return errNotJSON
	}

	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return errCharset
	}

	return nil
}
