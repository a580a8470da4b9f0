namespace Attune.Spans;

/// <summary>Entities of overlapping windows as those of one text: transformers' <c>aggregate_overlapping_entities</c>.</summary>
internal static class OverlappingEntities
{
    /// <summary>Of entities that begin within one before them the longest stays, or else the surest.</summary>
    public static List<TextEntity> Merge(IEnumerable<TextEntity> entities)
    {
        var merged = new List<TextEntity>();
        foreach (TextEntity entity in entities.OrderBy(entity => entity.Range.Start))
        {
            if (merged.Count == 0 || entity.Range.Start >= merged[^1].Range.End)
            {
                merged.Add(entity);
            }
            else if (Wins(entity, merged[^1]))
            {
                merged[^1] = entity;
            }
        }

        return merged;
    }

    private static bool Wins(TextEntity entity, TextEntity over)
    {
        int longer = (entity.Range.End - entity.Range.Start) - (over.Range.End - over.Range.Start);
        return longer > 0 || (longer == 0 && entity.Score > over.Score);
    }
}
