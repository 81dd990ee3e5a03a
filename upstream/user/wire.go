package user

import "storefront/internal/wire"

// required are the fields that the service must send.
const required = Name

// decode reads
//
//	{"id","name","email","profile_picture","bio","location","joined_date"}
//
// and refuses an answer about anybody but asked.
func decode(r *wire.Reader, asked string, read Fields) (u User) {
	missing := required & read

	for key := range r.Object() {
		switch {
		case key == "id":
			u.ID = r.ID()
		case key == "name" && read.Has(Name):
			missing &^= Name
			u.Name = r.Text()
		case key == "email" && read.Has(Email):
			u.Email = r.OptionalText()
		case key == "profile_picture" && read.Has(ProfilePicture):
			u.ProfilePicture = r.OptionalText()
		case key == "bio" && read.Has(Bio):
			u.Bio = r.OptionalText()
		case key == "location" && read.Has(Location):
			u.Location = r.OptionalText()
		case key == "joined_date" && read.Has(JoinedDate):
			u.JoinedDate = r.OptionalText()
		}
	}

	r.Require("id", !u.ID.IsZero())
	r.Require("name", !missing.Has(Name))

	if u.ID.Text != asked {
		r.Fail("the answer is about another user")
	}

	return u
}
