package legacy

// CustomerQueries and MonolithQueries are the systems' queries, for the test of
// how they are carried out.
func CustomerQueries() []string { return []string{selectRecord} }

// MonolithQueries are those of the monolith.
func MonolithQueries() []string {
	return []string{
		selectUser, selectProducts, selectCatalogue, selectOrder, selectOrdersOf, selectPurchases, selectBest, selectBestOfCategory,
	}
}
