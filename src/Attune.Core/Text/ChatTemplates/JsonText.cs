using System.Text.Json;

namespace Attune.Text.ChatTemplates;

/// <summary>JSON as templates write it with <c>tojson</c>, whatever its spacing was.</summary>
internal static class JsonText
{
    private static readonly ChatTemplate Writer = ChatTemplate.Parse("{{ json | tojson }}", "tojson");

    public static string Of(JsonElement json) => Writer.Render(new Dictionary<string, JsonElement> { ["json"] = json }, null).Text;
}
