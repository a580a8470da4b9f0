using System.Text.Json.Nodes;

namespace Attune.Recipes;

internal static class JsonObjects
{
    /// <summary>The object without its keys that are null.</summary>
    public static JsonObject WithoutNulls(this JsonObject map)
    {
        foreach (string key in map.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList())
        {
            map.Remove(key);
        }

        return map;
    }
}
