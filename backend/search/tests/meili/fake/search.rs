//! Searches.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Answer, Asked, Index, State, error, filter, rank::Ranking};

impl State {
    pub(super) fn search(&mut self, asked: &Asked<'_>, uid: &str) -> Answer {
        let body: Map<String, Value> = serde_json::from_str(asked.body).unwrap();
        if let Some(unknown) = body.keys().find(|key| !self.fields.contains(key)) {
            return error(400, "bad_request", &format!("Unknown field `{unknown}`"));
        }
        let index = &self.indexes[uid];
        let condition = body.get("filter").unwrap_or(&Value::Null);
        let condition = match filter::of_json(condition, &index.names("filterableAttributes"), &self.version)
        {
            Ok(condition) => condition,
            Err(message) => return error(400, "invalid_search_filter", &message),
        };
        let sort: Vec<String> = strings(body.get("sort"));
        let sortable = index.names("sortableAttributes");
        if let Some(not) =
            sort.iter().find(|by| !sortable.iter().any(|name| by.starts_with(&format!("{name}:"))))
        {
            return error(400, "invalid_search_sort", &format!("Attribute `{not}` is not sortable."));
        }
        let facets = strings(body.get("facets"));
        if let Some(not) = facets.iter().find(|name| !index.names("filterableAttributes").contains(name)) {
            return error(400, "invalid_search_facets", &format!("Attribute `{not}` is not filterable."));
        }
        let q = body.get("q").and_then(Value::as_str).unwrap_or_default();
        let ranking = Ranking::new(index, q, sort);
        let mut found: Vec<_> = index
            .documents
            .iter()
            .filter(|document| condition.holds(document))
            .filter_map(|document| ranking.of(document).map(|rank| (rank, document)))
            .collect();
        found.sort_by(|(one, _), (other, _)| one.partial_cmp(other).unwrap());
        let found: Vec<_> = found.into_iter().map(|(_, document)| document).collect();
        (200, answer(index, &body, q, &found, &facets))
    }
}

fn answer(
    index: &Index,
    body: &Map<String, Value>,
    q: &str,
    found: &[&Map<String, Value>],
    facets: &[String],
) -> Value {
    let number = |name: &str| body.get(name).map(|value| usize::try_from(value.as_u64().unwrap()).unwrap());
    let most = usize::try_from(index.settings()["pagination"]["maxTotalHits"].as_u64().unwrap()).unwrap();
    let reachable = &found[..found.len().min(most)];
    let mut answer =
        json!({"query": q, "processingTimeMs": 0, "requestUid": "01a2062e-d3ed-72a0-940c-1a2d974a0306"});
    let (offset, limit) = if let Some(per_page) = number("hitsPerPage") {
        let page = number("page").unwrap_or(1);
        answer["hitsPerPage"] = per_page.into();
        answer["page"] = page.into();
        answer["totalPages"] = reachable.len().div_ceil(per_page.max(1)).into();
        answer["totalHits"] = reachable.len().into();
        ((page - 1) * per_page, per_page)
    } else {
        let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(20));
        answer["limit"] = limit.into();
        answer["offset"] = offset.into();
        answer["estimatedTotalHits"] = reachable.len().into();
        (offset, limit)
    };
    let retrieved = body.get("attributesToRetrieve").map(|names| strings(Some(names)));
    let hits = reachable.iter().skip(offset).take(limit).map(|document| {
        let mut hit = (*document).clone();
        if let Some(names) = &retrieved {
            hit.retain(|name, _| names.contains(name));
        }
        hit
    });
    answer["hits"] = hits.collect();
    if !facets.is_empty() {
        answer["facetDistribution"] =
            facets.iter().map(|facet| (facet.clone(), counted(facet, found))).collect();
        answer["facetStats"] = json!({});
    }
    answer
}

fn counted(facet: &str, found: &[&Map<String, Value>]) -> Value {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for value in found.iter().filter_map(|document| document.get(facet)) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        *counts.entry(value).or_default() += 1;
    }
    json!(counts)
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.map(|value| value.as_str().unwrap().to_owned()).collect()
}
