package product

// Queries are the service's queries, for the test of how they are carried out.
func Queries() []string {
	return []string{selectProducts, selectFirst, selectPurchases, selectBest, selectBestOfCategory}
}
